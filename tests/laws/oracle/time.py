"""Spans of event time, in microseconds."""

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LONGEST_DAYS = 30


def day_of(time: int) -> int:
    """The UTC day of an instant, counted from 1970-01-01."""
    return time // DAY


def first_day(time: int, days: int) -> int:
    """The first of so many UTC days that end with the day of ``time``."""
    return day_of(time) - days + 1
