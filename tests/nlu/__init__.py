"""Promises the NLU data and the trained model keep."""
