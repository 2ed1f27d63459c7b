"""Which entries belong to which wish: learned from the wishes' own sentences and the trained knowledge."""
