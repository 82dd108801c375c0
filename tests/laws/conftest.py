"""Hypothesis profiles: ``laws`` is quick and repeatable, ``LAWS_EXAMPLES=1000`` searches longer."""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("LAWS_EXAMPLES", "0"))

COMMON = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("laws", COMMON, max_examples=60, derandomize=True)
settings.register_profile("laws-search", COMMON, max_examples=EXAMPLES or 1000)
settings.load_profile("laws-search" if EXAMPLES else "laws")
