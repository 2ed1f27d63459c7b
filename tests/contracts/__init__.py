"""What every adapter of a port must hold, as classes to subclass."""
