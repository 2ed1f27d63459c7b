"""Tells Python's garbage collector that start-up is over; the gateway and Rasa both do, each in its own Python."""

import gc

OBJECTS = 20_000  # made between two looks: a turn makes some thousand, and almost none of them in cycles


def settle() -> None:
    """Keep models, domains and indexes out of every later look for garbage, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, 10, 10)
