"""What runs behind the outbox: explanations, and shadow versions."""

from typing import ClassVar

from fraud.settings import Settings
from hindsight.explaining import Explaining
from hindsight.library import ModelLibrary
from hindsight.session import HindsightSession
from hindsight.shadowing import Shadowing
from scorer.recorder.drain import Drain


class HindsightDrain(Drain):
    """Looks at every decision; ``stop`` may be called from anywhere.

    Args:
        settings: Where outbox, models and registry are; size of batches.
        dsn: libpq address of the database.
    """

    def __init__(self, settings: Settings, dsn: str) -> None:
        super().__init__(settings.recorder)
        self._all = settings
        self._dsn = dsn


class Explainer(HindsightDrain):
    """Explains every decision."""

    name: ClassVar[str] = "explainer"
    working: ClassVar[str] = "explaining"

    def _open(self) -> HindsightSession:
        look = Explaining(ModelLibrary.of(self._all))
        return HindsightSession(
            self._all.outbox_path, self._dsn, "explained", look, refusals_first=True
        )


class ShadowScorer(HindsightDrain):
    """Has every shadow version score every payment."""

    name: ClassVar[str] = "shadows"
    working: ClassVar[str] = "scoring"

    def _open(self) -> HindsightSession:
        seconds = self._all.hindsight.alias_seconds
        look = Shadowing(ModelLibrary.of(self._all), seconds)
        return HindsightSession(self._all.outbox_path, self._dsn, "shadowed", look)
