"""Conversations as citizens type them, held with the real product."""
