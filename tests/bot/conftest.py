"""Property tests that do not fail because the machine is busy."""

from hypothesis import settings

settings.register_profile("busy-machine", deadline=None, max_examples=60)
settings.load_profile("busy-machine")
