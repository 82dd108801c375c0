"""When the payment is made, on the clock of its place."""

import math

from tests.laws.oracle.known import Known
from tests.laws.oracle.time import DAY, MINUTE, day_of

NAMES = ("local_hour", "local_night", "local_weekend")


def calendar(known: Known) -> dict[str, float]:
    """The family."""
    offset = known.probe.utc_offset_minutes
    if offset is None:
        return dict.fromkeys(NAMES, math.nan)
    local = known.time + offset * MINUTE
    hour = (local % DAY) / 3_600e6
    # 1970-01-01 was a Thursday, day 3 of a week that starts on Monday.
    weekday = (day_of(local) + 3) % 7
    values = hour, float(hour >= 22.0 or hour < 6.0), float(weekday >= 5)
    return dict(zip(NAMES, values, strict=True))
