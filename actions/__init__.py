"""What a citizen can wish for, and the contract with the centre's core system."""
