"""What an auditor is told of decisions of a real scorer by versions of a real registry."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from typer.testing import CliRunner

from fraud.cli.main import app
from fraud.client import ScorerClient
from fraud.settings import ScorerSettings, Settings
from fraud.v1.label_pb2 import Label
from hindsight.drains import Explainer
from hindsight.reports.audit import find_audit
from scorer.recorder.ledger import Ledger
from scorer.recorder.recorder import Recorder
from scorer.service import ScorerService
from tests.integration.registry.conftest import MakeVersion
from tests.integration.registry.test_hindsight import registered
from tests.unit.scorer.support import BEGIN_SECONDS, payment
from training.registry.aliases import Change, promote, rollback, withdraw
from training.registry.server import RegistryServer
from training.registry.traffic import set_share

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"scorer": ScorerSettings(port=0)})


@pytest.fixture
def client(
    settings: Settings, server: RegistryServer, ledger: Ledger, make_version: MakeVersion
) -> Iterator[ScorerClient]:
    """Of a scorer by version 1, that ada promoted; it follows when it is told to reload."""
    promote(Change(server, "the first", ledger, "ada"), make_version(-5.0))
    service = ScorerService(settings)
    service.start()
    with ScorerClient(f"127.0.0.1:{service.port}") as found:
        yield found
    service.stop()


def said(key: str, fraud: bool, second: int) -> Label:
    label = Label(transaction_id=key, fraud=fraud, source="chargeback")
    label.happened_at.seconds = label.known_at.seconds = BEGIN_SECONDS + second
    return label


def record(settings: Settings, dsn: str) -> None:
    Recorder(settings.outbox_path, dsn, settings.recorder).drain()


def test_the_ledger_tells_how_each_version_came_to_decide(
    settings: Settings,
    client: ScorerClient,
    server: RegistryServer,
    ledger: Ledger,
    dsn: str,
    make_version: MakeVersion,
) -> None:
    name = settings.registry.model_name
    client.score(payment("first", amount_minor=30_000))
    promote(Change(server, "finds more [really]", ledger, "grace"), make_version(-6.0))
    client.score(payment("not-followed", amount_minor=1_000))
    client.reload()
    client.score(payment("second", amount_minor=1_000))
    rollback(Change(server, "too many declined", ledger, "joan"))
    promote(Change(server, "a trial", ledger, "mary"), make_version(-7.0), "challenger")
    set_share(server, ledger, 100, "all of them", "mary")
    client.reload()
    client.score(payment("back", amount_minor=1_000))
    client.set_traffic(100)
    client.score(payment("tried", amount_minor=1_000))
    withdraw(Change(server, "over", ledger, "mary"), "challenger")
    client.report([said("first", True, 5), said("first", False, 9)])
    record(settings, dsn)

    def who(key: str) -> tuple[str, str, str | None, str | None]:
        found = find_audit(dsn, name, key)
        placed = found.standing.placed
        assert placed is not None
        told = placed.changed_by, placed.old_value
        return found.model_version, *told, found.standing.remark

    assert who("first") == ("1", "ada", None, None)
    assert who("second") == ("2", "grace", "1", None)
    assert who("back") == ("1", "joan", "2", None)
    assert who("tried") == ("3", "mary", None, None)
    version, by, _, remark = who("not-followed")
    assert (version, by) == ("1", "ada")
    assert "had not followed yet" in str(remark)
    first = find_audit(dsn, name, "first")
    assert [each.fraud for each in first.labels] == [True, False]
    assert (first.decision, first.variant, first.altered) == ("decline", "champion", ())
    assert first.standing.placed is not None
    assert first.standing.placed.gate_report["rows"]
    traffic = find_audit(dsn, name, "tried").standing.traffic
    assert traffic is not None
    assert traffic.new_value == "100"


def test_the_command_prints_it_for_people_and_for_programs(
    settings: Settings,
    client: ScorerClient,
    server: RegistryServer,
    ledger: Ledger,
    dsn: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change = Change(server, "finds more [really]", ledger, "grace")
    promote(change, registered(settings, 30), force=True)
    client.reload()
    client.score(payment("t1", amount_minor=30_000))
    record(settings, dsn)
    monkeypatch.setenv("FRAUD_REGISTRY__MODEL_NAME", settings.registry.model_name)
    monkeypatch.setenv("FRAUD_RECORDER__DSN", dsn)
    monkeypatch.setenv("COLUMNS", "250")

    def run(*arguments: str, code: int = 0) -> str:
        told = CliRunner().invoke(app, ["audit", *arguments])
        assert told.exit_code == code, told.output
        return told.output

    assert "not explained: it is not explained yet" in run("t1")
    Explainer(settings, dsn).drain()
    told = run("t1", "--features", "3")
    assert "version 2 became champion" in told
    assert "by grace, in place of 1: finds more [really] (forced" in told
    assert "(52 others" in told
    assert "30000" in told
    told = json.loads(run("t1", "--json"))
    added = [abs(each["added"]) for each in told["features"]]
    assert (len(added), added) == (55, sorted(added, reverse=True))
    assert {each["name"]: each["value"] for each in told["features"]}["local_night"] == 1
    assert told["standing"]["placed"]["changed_by"] == "grace"
    assert told["payment"]["amount_minor"] == "30000"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE predictions SET decision = 'approve', country = 'FR'")
    assert "altered: column country" in run("t1")
    run("nobody", code=2)
