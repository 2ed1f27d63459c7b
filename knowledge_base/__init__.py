"""The policy knowledge: entries, versions, encoder, index, evaluation."""
