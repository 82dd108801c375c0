"""Changes of a live scorer's policy are in the ledger: who, when, from what, to what."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fraud.client import ScorerClient
from fraud.person import whoami
from fraud.settings import (
    DecisionSettings,
    RecorderSettings,
    RegistrySettings,
    ScorerSettings,
    Settings,
)
from scorer.recorder.__main__ import watches_of
from scorer.recorder.ledger import Ledger
from scorer.recorder.policy_watch import PolicyWatch
from scorer.service import ScorerService
from tests.unit.scorer.support import amount_bundle, write_champion


@pytest.fixture
def ledger(dsn: str) -> Iterator[Ledger]:
    with Ledger(dsn, "fraud") as found:
        yield found


def settings_of(home: Path, dsn: str, degrade: str = "off", **decision: float) -> Settings:
    return Settings(
        home=home,
        scorer=ScorerSettings(port=0, degrade=degrade),
        registry=RegistrySettings(directory=home / "bundles"),
        recorder=RecorderSettings(dsn=dsn),
        decision=DecisionSettings(**decision),
    )


def serve(settings: Settings, *shares: int) -> None:
    service = ScorerService(settings)
    service.start()
    try:
        with ScorerClient(f"127.0.0.1:{service.port}") as client:
            for share in shares:
                assert client.set_traffic(share)
            assert client.models().challenger_percent == (shares or (0,))[-1]
    finally:
        service.stop()


def copy(settings: Settings, dsn: str) -> int:
    [watch] = watches_of(settings, dsn)
    assert isinstance(watch, PolicyWatch)
    return watch.copy()


def test_settings_and_calls_are_told_once_each(tmp_path: Path, dsn: str, ledger: Ledger) -> None:
    write_champion(tmp_path / "bundles", amount_bundle())
    plain = settings_of(tmp_path, dsn)
    began = datetime.now(UTC)
    serve(plain, 30, 30, 10)
    assert copy(plain, dsn) == 3
    changed = settings_of(tmp_path, dsn, "rules", review_threshold=0.25)
    serve(changed)
    serve(changed)
    assert (copy(changed, dsn), copy(plain, dsn)) == (3, 0)
    rows = ledger.entries()
    assert {each.subject for each in rows} == {"policy"}
    told = [
        (each.subject_name.split(" of ")[0], each.old_value, each.new_value, each.changed_by)
        for each in rows
    ]
    me = whoami()
    assert told == [
        ("challenger_percent", None, "0", me),
        ("challenger_percent", "0", "30", "SetTraffic"),
        ("challenger_percent", "30", "10", "SetTraffic"),
        ("review_threshold", None, "0.25", me),
        ("rules", None, "rules-1", me),
        ("challenger_percent", "10", "0", me),
    ]
    assert rows[0].subject_name.endswith(f":{tmp_path}")
    times = [each.changed_at for each in rows if each.changed_at is not None]
    assert times == sorted(times)
    assert began < times[0] < times[-1] < datetime.now(UTC)
