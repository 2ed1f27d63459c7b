"""What every test shares: in CI the generated examples are the same every time, at a desk they go on searching."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
