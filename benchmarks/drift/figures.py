"""What trials gave."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict

from benchmarks.drift.shift import SHIFTS, Kind, Shift
from benchmarks.drift.trial import Live, Trial
from training.drift.measure import measure_drift
from training.drift.reference import Reference
from training.drift.report import DriftReport

LENGTHS: Final = (1, 7)
PATIENCE: Final = {Kind.AMOUNTS: 14, Kind.MERCHANTS: 14, Kind.TACTIC: 42}
"""Days that a shift of a kind is waited for."""


class World(BaseModel):
    """One seed.

    Args:
        stable: By days of a window: of each window what drifted, where nothing was planted.
        delays: By shift: days until the first alarm; None if there was none in time.
        raised: By shift: what drifted first.
    """

    model_config = ConfigDict(frozen=True)

    stable: dict[int, list[list[str]]]
    delays: dict[str, int | None]
    raised: dict[str, list[str]]


class Figures(BaseModel):
    """All seeds."""

    model_config = ConfigDict(frozen=True)

    worlds: tuple[World, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """What an earlier run left."""
        return cls.model_validate_json(path.read_text())

    def with_world(self, world: World) -> Self:
        """With one more."""
        return self.model_copy(update={"worlds": (*self.worlds, world)})

    def weeks(self) -> float:
        """Of stable traffic."""
        return sum(len(world.stable[1]) for world in self.worlds) / 7

    def alarms(self, length: int) -> list[list[str]]:
        """What drifted in each window with a false alarm; a window of `length` days every day."""
        return [found for world in self.worlds for found in world.stable[length] if found]

    def alarms_a_week(self, length: int) -> float:
        """False alarms of all measures together, for one window a day."""
        windows = sum(len(world.stable[length]) for world in self.worlds)
        return 7 * sum(map(len, self.alarms(length))) / windows

    def delays(self, shift: str) -> list[int | None]:
        """Of all worlds that had it."""
        return [world.delays[shift] for world in self.worlds if shift in world.delays]


def measured(trial: Trial, shifts: Sequence[Shift] = SHIFTS) -> World:
    """Live through a world without a shift, and with each."""
    stable = {
        length: [_names(report) for report in _reports(trial.reference, trial.live(), length)]
        for length in LENGTHS
    }
    delays: dict[str, int | None] = {}
    raised: dict[str, list[str]] = {}
    for shift in shifts:
        days = PATIENCE[shift.kind]
        delays[str(shift)], raised[str(shift)] = _first(trial.reference, trial.live(shift), days)
    return World(stable=stable, delays=delays, raised=raised)


def _reports(reference: Reference, live: Live, length: int) -> list[DriftReport]:
    days = int(live.dataset.day[-1]) - live.first_day + 1
    return [measure_drift(reference, window) for window in live.windows(days, length)]


def _first(reference: Reference, live: Live, days: int) -> tuple[int | None, list[str]]:
    for day, window in enumerate(live.windows(days), start=1):
        if found := _names(measure_drift(reference, window)):
            return day, found
    return None, []


def _names(report: DriftReport) -> list[str]:
    return [each.subject for each in report.drifts]
