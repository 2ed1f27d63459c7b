"""The contract with the centre's core system in plain types; JGJ/T 320 codes stay at the adapter."""
