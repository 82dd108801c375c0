"""A decision is made again after its model was replaced and archived at a real registry."""

import pytest

from fraud.client import ScorerClient
from fraud.settings import ScorerSettings, Settings
from hindsight.library import ModelLibrary
from hindsight.replay.recorded import find_recorded
from hindsight.replay.replay import replay
from scorer.recorder.recorder import Recorder
from scorer.service import ScorerService
from tests.integration.registry.conftest import MakeVersion
from tests.unit.scorer.support import amount_bundle, payment
from training.registry.aliases import Change, promote
from training.registry.server import RegistryServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


def test_archived_versions_decide_again_as_they_did(
    settings: Settings, server: RegistryServer, dsn: str, make_version: MakeVersion
) -> None:
    settings = settings.model_copy(update={"scorer": ScorerSettings(port=0)})
    change = Change(server, "a test")
    service = ScorerService(settings)
    promote(change, make_version(-5.0))
    service.start()
    try:
        with ScorerClient(f"127.0.0.1:{service.port}") as client:
            client.score(payment("first", amount_minor=7_000))
            for bias in (-8.0, -9.0, -10.0):
                promote(change, make_version(bias))
                client.reload()
            client.score(payment("last", amount_minor=7_000))
    finally:
        service.stop()
    Recorder(settings.outbox_path, dsn, settings.recorder).drain()
    assert server.version("1")["tags"]["stage"] == "Archived"
    library = ModelLibrary.of(settings)
    found = [replay(each, library) for key in ("first", "last") for each in find_recorded(dsn, key)]
    assert [(each.answer.model_version, each.differences) for each in found] == [
        ("1", ()),
        ("4", ()),
    ]
    assert found[0].answer.decision != found[1].answer.decision
    # Under another number, as in a registry that was made anew, the digest still tells.
    digest = amount_bundle(-5.0).manifest.model_sha256
    assert library.bundle_that_decided(digest, "77").manifest.model_sha256 == digest
