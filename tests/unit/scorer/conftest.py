"""A scorer without its server."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from features_rs import Store
from fraud.settings import DecisionSettings
from scorer.features.labels import LabelBook
from scorer.features.payments import PaymentIndex
from scorer.features.state import LiveState
from scorer.judge import Judge
from scorer.model.cache import ModelCache
from scorer.model.holder import ModelHolder
from scorer.model.source import DirectorySource
from scorer.pipeline import ScoringPipeline
from scorer.rules import RuleSet
from scorer.sinks.outbox import Outbox
from tests.unit.scorer.support import CONTRACT, amount_bundle, write_champion


@dataclass
class Parts:
    """What a scorer is made of, on files in one folder."""

    store: Store
    outbox: Outbox
    index: PaymentIndex
    labels: LabelBook
    state: LiveState
    models: ModelHolder
    pipeline: ScoringPipeline

    def close(self) -> None:
        self.outbox.close()
        self.index.close()


def open_parts(folder: Path, *, rules: bool = False) -> Parts:
    """A scorer that goes on from what an earlier one left in ``folder``; no model is loaded."""
    store, outbox = Store(), Outbox(folder / "outbox.sqlite", "normal")
    index = PaymentIndex(folder / "payments.sqlite")
    labels = LabelBook(store, outbox, index)
    state = LiveState(store, outbox, labels, folder / "state.bin")
    source = DirectorySource(folder / "bundles", "fraud")
    models = ModelHolder(source, ModelCache(folder / "cache"), CONTRACT, DecisionSettings())
    judge = Judge(models, RuleSet(CONTRACT) if rules else None)
    pipeline = ScoringPipeline(outbox, state, judge, CONTRACT)
    return Parts(store, outbox, index, labels, state, models, pipeline)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A scorer with a model of the amount alone."""
    write_champion(tmp_path / "bundles", amount_bundle())
    found = open_parts(tmp_path)
    found.models.load()
    yield found
    found.close()
