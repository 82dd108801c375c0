"""The world whose payments the stack scores: its history, and a first model made of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from fraud.demo.prepare import write_history, write_state
from fraud.settings import Settings
from scorer.errors import ModelNotFoundError
from scorer.model.registry import source_of
from scorer.model.source import CHAMPION
from simulator import World, WorldConfig
from training.config import TrainingConfig
from training.progress import Progress
from training.registry.aliases import Change, set_alias
from training.registry.server import RegistryServer
from training.run import train

SHADOW = "shadow"
SHADOW_DEPTH = 3
DAYS = 30
LIVE_DAYS = 120
"""Of history, and after it until now: the live payments have the times of those days, so that a day
of 3,000 payments is over in half a minute at 100 a second, and labels come within minutes."""


class StackWorld:
    """A simulated world that goes on where its history ends.

    Args:
        config: What everything of it follows from.
    """

    def __init__(self, config: WorldConfig) -> None:
        self.config = config

    @classmethod
    def kept_in(cls, folder: Path, customers: int) -> Self:
        """The world of a stack's folder; made the first time, with so many accounts."""
        path = folder / "world.json"
        if path.is_file():
            return cls(WorldConfig.model_validate_json(path.read_text()))
        start = datetime.now(UTC).date() - timedelta(days=DAYS + LIVE_DAYS)
        config = WorldConfig(
            start=start, days=DAYS, customers=customers, merchants=max(100, customers // 2)
        )
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(config.model_dump_json())
        return cls(config)

    def produce(self, rate: float) -> tuple[str, ...]:
        """Arguments of ``fraud`` that produce its payments from the end of the history on.

        Event times are the world's own: at real time its few accounts would pay all day long.
        """
        options = {
            "seed": self.config.seed,
            "customers": self.config.customers,
            "merchants": self.config.merchants,
            "start": self.config.start.isoformat(),
            "first-day": self.config.days,
            "rate": rate,
            "arrivals": "poisson",
            "time": "original",
        }
        pairs = (part for name, value in options.items() for part in (f"--{name}", str(value)))
        return ("produce", *pairs)

    def has_champion(self, settings: Settings) -> bool:
        """Whether the registry has a model that serves."""
        try:
            source_of(settings.registry).find(CHAMPION)
        except ModelNotFoundError:
            return False
        return True

    def prepare(self, settings: Settings, progress: Progress) -> None:
        """Simulate the history, train a champion and a shadow on it, and leave its last state.

        Raises:
            TrainingError: The model cannot be trained or proven.
        """
        history = settings.home / "history"
        expected = self.config.customers * self.config.days
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            progress("simulate", min(done, expected), expected)

        write_history(World(self.config), history, advance)
        train(TrainingConfig(), history, settings.registry, progress)
        _train_shadow(settings, history, progress)
        write_state(history, settings, progress)


def _train_shadow(settings: Settings, history: Path, progress: Progress) -> None:
    """A second version, of shallower trees, which only watches."""
    config = TrainingConfig().with_parameters(max_depth=SHADOW_DEPTH)
    version = train(config, history, settings.registry, progress, promote=False).registered
    assert version is not None
    with RegistryServer(settings.registry) as server:
        set_alias(Change(server, "the stack's first shadow"), SHADOW, version.version)
