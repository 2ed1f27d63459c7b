"""Promises of the policy knowledge."""
