"""Promises of the heart."""
