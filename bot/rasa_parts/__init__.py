"""Parts that Rasa loads by name into its own process (Python 3.10): they import Rasa, never another folder of ours."""
