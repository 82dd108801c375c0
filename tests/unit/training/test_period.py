from datetime import timedelta

import numpy as np
import pytest

from training.datasets.period import MICROSECONDS_A_DAY, Period, parse_duration
from training.errors import SplitError


def test_both_ends_are_included_to_the_microsecond() -> None:
    period = Period.parse("2018-07-25..2018-07-31")
    times = np.array([-1, 0, 7 * MICROSECONDS_A_DAY - 1, 7 * MICROSECONDS_A_DAY]) + period.start_us
    assert period.contains(times).tolist() == [False, True, True, False]
    assert period.end_us - period.start_us == 7 * MICROSECONDS_A_DAY


def test_one_day_is_a_period() -> None:
    assert Period.parse("2018-07-25") == Period.parse("2018-07-25..2018-07-25")


def test_days_since_the_epoch_and_text_agree() -> None:
    period = Period.parse("2018-07-25..2018-07-31")
    first = period.start_us // MICROSECONDS_A_DAY
    assert Period.of_days(first, first + 6) == period
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize("text", ["", "yesterday", "2018-02-30", "..2018-07-25"])
def test_what_is_not_a_period_is_named(text: str) -> None:
    with pytest.raises(SplitError, match=f"`{text}`"):
        Period.parse(text)


def test_a_period_cannot_end_before_it_begins() -> None:
    with pytest.raises(SplitError, match="ends before it begins"):
        Period.parse("2018-07-31..2018-07-25")


def test_durations() -> None:
    assert parse_duration("7d") == timedelta(days=7)
    assert parse_duration("36h") == timedelta(hours=36)


@pytest.mark.parametrize("text", ["7", "d", "-1d", "7 days", "1.5d"])
def test_what_is_not_a_duration_is_named(text: str) -> None:
    with pytest.raises(SplitError, match=f"`{text}`"):
        parse_duration(text)
