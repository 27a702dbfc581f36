"""How long the tests that try many inputs go on: `TRIALS_PROFILE=long` for hours instead of minutes."""

import os

from hypothesis import HealthCheck, settings

LONG = os.environ.get("TRIALS_PROFILE") == "long"
_SAME = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("default", **_SAME)
settings.register_profile("long", **_SAME, max_examples=20_000)
settings.load_profile("long" if LONG else "default")


def examples(usual: int, long: int) -> int:
    """How many examples a test tries."""
    return long if LONG else usual
