"""The 12329 line: hearing, speaking and the phone call."""
