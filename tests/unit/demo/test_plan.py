"""The days that the demo plays on."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from fraud.demo.plan import DemoPlan


@pytest.mark.parametrize("today", [date(2026, 11, 23) + timedelta(days=days) for days in range(8)])
def test_lives_through_the_last_friday_that_is_over(today: date) -> None:
    world = DemoPlan(home=Path("unused")).world(today)
    live = world.start + timedelta(days=world.days)
    assert live.strftime("%A") == "Friday"
    assert timedelta(0) < today - live <= timedelta(days=7)
