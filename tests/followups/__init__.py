"""What people ask next, of every business: how often the answer is of the right matter."""
