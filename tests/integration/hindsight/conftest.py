"""An outbox, the models that decided, and what looks back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fraud.settings import HindsightSettings, RecorderSettings, RegistrySettings, Settings
from scorer.model.registry import source_of
from scorer.sinks.outbox import Outbox
from tests.unit.hindsight.trees import tree_bundle


@pytest.fixture
def settings(tmp_path: Path, dsn: str) -> Settings:
    return Settings(
        home=tmp_path,
        registry=RegistrySettings(directory=tmp_path / "bundles"),
        recorder=RecorderSettings(dsn=dsn, batch_rows=50, poll_seconds=0.01),
        hindsight=HindsightSettings(enabled=True, alias_seconds=0.001),
    )


@pytest.fixture
def champion(settings: Settings) -> str:
    """The version of a champion with trees."""
    folder = settings.registry.directory
    assert folder is not None
    tree_bundle().write(folder / "champion")
    return source_of(settings.registry).aliases()["champion"].version


@pytest.fixture
def outbox(settings: Settings) -> Iterator[Outbox]:
    outbox = Outbox(settings.outbox_path, "normal")
    yield outbox
    outbox.close()
