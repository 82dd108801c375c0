"""A real scorer process follows the aliases of a real registry."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from typer.testing import CliRunner

from fraud.cli.main import app
from fraud.client import ScorerClient
from fraud.local.environment import to_environment
from fraud.local.port import free_port
from fraud.local.scorer import LocalScorer
from fraud.settings import RegistrySettings, Settings
from scorer.edge.webhook import refusal_of, signature_of
from scorer.recorder.ledger import Ledger
from tests.integration.registry.conftest import MakeVersion
from tests.unit.scorer.support import payment
from tests.waiting import wait_until
from training.registry.aliases import Change, promote, rollback
from training.registry.server import RegistryServer
from training.registry.traffic import set_share

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

TRIES = 3
DEFAULT_POLL_SECONDS = RegistrySettings().poll_seconds


@contextmanager
def scorer(settings: Settings, **registry: object) -> Iterator[ScorerClient]:
    changed = settings.registry.model_copy(update=registry)
    own = settings.scorer.model_copy(update={"port": free_port()})
    told = settings.model_copy(update={"registry": changed, "scorer": own})
    with LocalScorer(told) as running, ScorerClient(running.target) as client:
        yield client


def seconds_until(client: ScorerClient, version: str, name: str) -> float:
    """How long payments go on being decided by another version."""
    began = time.monotonic()
    for number in range(10_000):
        answer = client.score(payment(f"{name}-{number}", seconds=number))
        if answer.model_version == version:
            break
        assert time.monotonic() - began < 20, f"version {version} does not come"
        time.sleep(0.005)
    return time.monotonic() - began


def test_a_webhook_brings_a_promote_and_a_rollback_within_a_second(
    settings: Settings, server: RegistryServer, make_version: MakeVersion
) -> None:
    change = Change(server, "a test")
    promote(change, make_version(-5.0))
    second, port = make_version(-6.0), free_port()
    told = {"webhook_port": port, "webhook_password": "s", "poll_seconds": 3600.0}
    with scorer(settings, **told) as client:
        time.sleep(2)  # MLflow looks at its list of webhooks once a second
        found: list[float] = []
        # A machine that does something else has another try; without a webhook none is enough.
        while len(found) < TRIES and min(found, default=1.0) >= 1:
            promote(change, second)
            promoted = seconds_until(client, second, f"promoted-{len(found)}")
            rolling = threading.Thread(target=rollback, args=(change,))
            rolling.start()
            found.append(max(promoted, seconds_until(client, "1", f"rolled-back-{len(found)}")))
            rolling.join()
        assert min(found) < 1, found
        forged = httpx.post(f"http://127.0.0.1:{port}/", json={"entity": "x"})
        assert forged.status_code == 401


def test_without_a_webhook_polling_brings_it(
    settings: Settings, server: RegistryServer, ledger: Ledger, make_version: MakeVersion
) -> None:
    change = Change(server, "a test")
    promote(change, make_version(-5.0))
    with scorer(settings, poll_seconds=0.2) as client:
        promote(change, make_version(-6.0))
        assert seconds_until(client, "2", "polled") < DEFAULT_POLL_SECONDS
        assert set_share(server, ledger, 30, "a start", "ada") is None
        wait_until(lambda: client.models().challenger_percent == 30, DEFAULT_POLL_SECONDS)
    with scorer(settings) as client:
        assert client.models().challenger_percent == 30
    [row] = [each for each in ledger.entries() if each.subject == "traffic"]
    assert (row.old_value, row.new_value, row.changed_by) == (None, "30", "ada")


def test_the_command_tells_running_scorers_at_once(
    settings: Settings,
    server: RegistryServer,
    ledger: Ledger,
    make_version: MakeVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    promote(Change(server, "a test"), make_version(-5.0))
    for name, value in to_environment(settings).items():
        monkeypatch.setenv(name, value)
    away = f"127.0.0.1:{free_port()}"
    with scorer(settings, poll_seconds=3600.0) as client:
        arguments = ["traffic", "set", "30", "--reason", "a start", "--by", "ada"]
        told = CliRunner().invoke(app, [*arguments])
        assert told.exit_code == 0, told.output
        assert "has it" in told.output
        assert client.models().challenger_percent == 30
        told = CliRunner().invoke(app, [*arguments, "--scorer", away])
        assert told.exit_code == 0, told.output
        assert f"scorer {away}: does not answer; once it runs, polling brings it within 5 s" in (
            told.output
        )
    assert [each.new_value for each in ledger.entries() if each.subject == "traffic"] == ["30"] * 2


def test_a_call_is_believed_by_its_signature_and_its_age_alone() -> None:
    def headers(secret: str, timestamp: str, body: bytes) -> dict[str, str]:
        return {
            "X-MLflow-Delivery-Id": "d",
            "X-MLflow-Timestamp": timestamp,
            "X-MLflow-Signature": signature_of(secret, "d", timestamp, body),
        }

    assert refusal_of("s", headers("s", "1000", b"{}"), b"{}", 1001.0) is None
    assert refusal_of("s", headers("t", "1000", b"{}"), b"{}", 1001.0)
    assert refusal_of("s", headers("s", "1000", b"{}"), b"{ }", 1001.0)
    assert refusal_of("s", headers("s", "1000", b"{}"), b"{}", 1301.0)
    assert refusal_of("s", headers("s", "soon", b"{}"), b"{}", 1001.0)
    assert refusal_of("s", {}, b"{}", 1001.0)
