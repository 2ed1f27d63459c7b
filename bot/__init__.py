"""The heart of 家家: the nouns, the ports, and the one boundary every message crosses."""
