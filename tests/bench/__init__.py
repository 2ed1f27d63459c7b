"""Measurements beside a baseline in the same run: `make bench`. Never part of the tests."""
