"""What somebody changes at the registry itself is in the ledger too."""

import time

import pytest

from fraud.local.scorer import local_recorder
from fraud.settings import Settings
from scorer.recorder.ledger import Ledger
from tests.integration.registry.conftest import MakeVersion
from training.registry.aliases import Change, promote
from training.registry.server import RegistryServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


def test_a_recorder_notes_an_alias_moved_by_hand_and_none_of_ours_twice(
    settings: Settings, server: RegistryServer, ledger: Ledger, make_version: MakeVersion
) -> None:
    often = settings.registry.model_copy(update={"poll_seconds": 0.05})
    recorder = local_recorder(settings.model_copy(update={"registry": often}))
    recorder.start()
    try:
        change = Change(server, "a test", ledger, "ada")
        for bias in (-5.0, -6.0, -7.0):
            promote(change, make_version(bias))
        server.set_alias("champion", "1")
        server.set_tag("challenger_percent", "5")
        deadline = time.monotonic() + 20
        while len(ledger.entries()) < 7 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
    finally:
        recorder.stop()
    rows = ledger.entries()
    assert [each.changed_by for each in rows[:5]] == ["ada"] * 5
    assert {(e.subject, e.old_value, e.new_value, e.changed_by) for e in rows[5:]} == {
        ("alias", "3", "1", "unknown (registry)"),
        ("traffic", None, "5", "unknown (registry)"),
    }
