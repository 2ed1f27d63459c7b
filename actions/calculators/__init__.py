"""The arithmetic of the fund in exact Decimals: it knows no citizen, no channel and no policy."""
