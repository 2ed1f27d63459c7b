"""The contract with the centre's core system in plain English types; the field codes of JGJ/T 320 stay at the adapter."""
