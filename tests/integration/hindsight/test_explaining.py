"""Every payment explained once, whatever happens meanwhile."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from fraud.cli.main import app
from fraud.settings import RegistrySettings, Settings
from fraud.v1.scoring_pb2 import DECISION_APPROVE, DECISION_DECLINE
from hindsight.drains import Explainer
from hindsight.explaining import BY_RULES
from hindsight.reports.explanation import NOT_YET, find_explanation
from hindsight.session import AHEAD_BATCHES
from scorer.housekeeping import drained_through
from scorer.model.registry import source_of
from scorer.recorder.recorder import Recorder
from scorer.sinks.outbox import Outbox
from tests.integration.hindsight.support import append
from tests.integration.recorder.records import append_label, label, select
from tests.unit.hindsight.trees import CONTRACT, predictions, tree_bundle

ROOT = Path(__file__).resolve().parents[3]
IDS = "SELECT transaction_id FROM explanations ORDER BY 1"
SUMS = """
SELECT transaction_id, margin, base_value + (SELECT sum(c::float8) FROM unnest(contributions) c)
FROM explanations ORDER BY 1
"""


def explained_ids(dsn: str) -> list[str]:
    return [str(row[0]) for row in select(dsn, IDS)]


def test_every_payment_has_contributions_that_add_up_to_its_margin(
    outbox: Outbox, settings: Settings, champion: str, dsn: str
) -> None:
    made = predictions(tree_bundle(), champion, 120)
    append(outbox, made)
    append_label(outbox, label("t00001", fraud=True, known_second=10))
    assert Explainer(settings, dsn).drain() == 121
    found = select(dsn, SUMS)
    assert [row[0] for row in found] == [each.transaction.transaction_id for each in made]
    margins, sums = (np.array([row[column] for row in found], float) for column in (1, 2))
    assert np.abs(sums - margins).max() <= 1e-4
    answered = [each.response.probability for each in made]
    assert np.abs(1 / (1 + np.exp(-margins)) - answered).max() <= 1e-5
    facts = "SELECT DISTINCT model_version, model_digest, contract_digest FROM explanations"
    digest = tree_bundle().manifest.model_sha256
    assert select(dsn, facts) == [(champion, digest, CONTRACT.digest)]


def test_each_is_explained_once_and_the_outbox_waits_for_it(
    outbox: Outbox, settings: Settings, champion: str, dsn: str
) -> None:
    made = predictions(tree_bundle(), champion, 120)
    append(outbox, made[:70])
    Recorder(settings.outbox_path, dsn, settings.recorder).drain()
    assert (drained_through(settings, outbox), drained_through(Settings(), outbox)) == (0, 70)
    explainer = Explainer(settings, dsn)
    assert (explainer.drain(), explainer.drain()) == (70, 0)
    assert outbox.drained_through("explained") == 70
    append(outbox, made[70:])
    assert Explainer(settings, dsn).drain() == 50
    assert len(explained_ids(dsn)) == 120


def test_declines_and_reviews_come_first_when_behind(
    outbox: Outbox, settings: Settings, champion: str, dsn: str
) -> None:
    made = predictions(tree_bundle(), champion, 700)
    append(outbox, made)
    explainer = Explainer(settings, dsn)
    batch = settings.recorder.batch_rows
    assert explainer._drain_next() == batch
    ahead = made[: AHEAD_BATCHES * batch]
    refused = {
        each.transaction.transaction_id
        for each in ahead
        if each.response.decision != DECISION_APPROVE
    }
    turn = {each.transaction.transaction_id for each in made[:batch]}
    assert 50 < len(refused - turn) < len(ahead) - batch
    assert set(explained_ids(dsn)) == refused | turn
    assert outbox.drained_through("explained") == batch, "the position keeps to the order"
    assert explainer.drain() == 650
    assert explained_ids(dsn) == sorted(each.transaction.transaction_id for each in made)


def test_what_has_no_trees_is_counted_once_with_the_reason(
    outbox: Outbox, settings: Settings, dsn: str
) -> None:
    forest = tree_bundle(native=False)
    tree_bundle(30).write(settings.home / "bundles" / "champion")
    version = "gone"
    made = predictions(forest, version, 200)
    for each in made[:30]:
        each.model_digest, each.response.model_version = "", "rules-1"
    append(outbox, made)
    Recorder(settings.outbox_path, dsn, settings.recorder).drain()
    assert find_explanation(dsn, "t00100").missing == NOT_YET
    with capture_logs() as logs:
        Explainer(settings, dsn).drain()
    assert explained_ids(dsn) == []
    counted = select(dsn, "SELECT model_version, payments FROM unexplained ORDER BY payments")
    assert counted == [("rules-1", 30), (version, 170)]
    assert [each["event"] for each in logs].count("explainer.unexplainable") == 1
    assert find_explanation(dsn, "t00000").missing == BY_RULES
    assert "no version gone" in str(find_explanation(dsn, "t00100").missing)


def test_a_forest_says_why_it_is_not_explained(
    outbox: Outbox, settings: Settings, champion: str, dsn: str
) -> None:
    forest = tree_bundle(native=False)
    folder = settings.home / "bundles"
    shutil.rmtree(folder / "champion")
    forest.write(folder / "champion")
    version = source_of(settings.registry).aliases()["champion"].version
    append(outbox, predictions(forest, version, 3))
    Recorder(settings.outbox_path, dsn, settings.recorder).drain()
    Explainer(settings, dsn).drain()
    assert "it is a random_forest" in str(find_explanation(dsn, "t00000").missing)


def test_another_model_under_the_same_version_does_not_explain(
    outbox: Outbox, settings: Settings, champion: str, dsn: str
) -> None:
    append(outbox, predictions(tree_bundle(30), champion, 5))
    Explainer(settings, dsn).drain()
    [(reason,)] = select(dsn, "SELECT reason FROM unexplained")
    assert "the payment was decided by" in str(reason)


def test_while_the_registry_is_away_nothing_is_given_up(
    outbox: Outbox, settings: Settings, champion: str, dsn: str
) -> None:
    append(outbox, predictions(tree_bundle(), champion, 20))
    nowhere = RegistrySettings(url="http://127.0.0.1:9", timeout_seconds=1)
    away = Explainer(settings.model_copy(update={"registry": nowhere}), dsn)
    with capture_logs() as logs:
        assert away._step() > 0
    assert logs[-1]["event"] == "explainer.away"
    assert (explained_ids(dsn), outbox.drained_through("explained")) == ([], 0)
    assert Explainer(settings, dsn).drain() == 20
    assert len(explained_ids(dsn)) == 20


def test_two_explain_once(outbox: Outbox, settings: Settings, champion: str, dsn: str) -> None:
    made = predictions(tree_bundle(), champion, 150)
    append(outbox, made[:100])
    one, other = Explainer(settings, dsn), Explainer(settings, dsn)
    assert (one._drain_next(), other._drain_next()) == (50, 50)
    assert one._step() > 0, "the other was first: it waits and looks again"
    append(outbox, made[100:])
    while one._drain_next():
        pass
    for each in (one, other):
        each._end_session()
    assert len(explained_ids(dsn)) == 150


def test_a_row_that_is_refused_does_not_keep_the_others_out(
    outbox: Outbox, settings: Settings, champion: str, dsn: str
) -> None:
    made = predictions(tree_bundle(), champion, 60)
    # Longer than an index of PostgreSQL takes.
    made[7].transaction.transaction_id = random.Random(7).randbytes(8_000).hex()
    append(outbox, made)
    with capture_logs() as logs:
        assert Explainer(settings, dsn).drain() == 60
    assert len(explained_ids(dsn)) == 59
    assert [each["event"] for each in logs].count("hindsight.refused") == 1


def test_the_command_prints_why(
    outbox: Outbox, settings: Settings, champion: str, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = predictions(tree_bundle(), champion, 40)
    append(outbox, made)
    Recorder(settings.outbox_path, dsn, settings.recorder).drain()
    monkeypatch.setenv("FRAUD_RECORDER__DSN", dsn)
    monkeypatch.setenv("COLUMNS", "250")
    declined = next(each for each in made if each.response.decision == DECISION_DECLINE)
    key = declined.transaction.transaction_id
    told = CliRunner().invoke(app, ["explanation", key])
    assert told.exit_code == 1
    assert "not explained yet" in told.output
    Explainer(settings, dsn).drain()
    told = CliRunner().invoke(app, ["explanation", key])
    assert told.exit_code == 0, told.output
    found = find_explanation(dsn, key)
    assert f"payment {key}: decline" in told.output
    assert found.reasons[0].text.bank in told.output
    assert f"{found.margin:+.3f}" in told.output
    total = found.base_value + sum(each.added for each in found.contributions)
    assert abs(total - found.margin) <= 1e-4
    assert CliRunner().invoke(app, ["explanation", "nobody"]).exit_code == 2


def test_the_process_explains_until_it_is_told_to_stop(
    outbox: Outbox, settings: Settings, champion: str, dsn: str
) -> None:
    append(outbox, predictions(tree_bundle(), champion, 120))
    environment = {
        "FRAUD_HOME": str(settings.home),
        "FRAUD_REGISTRY__DIRECTORY": str(settings.registry.directory),
        "FRAUD_RECORDER__DSN": dsn,
        "FRAUD_HINDSIGHT__ENABLED": "true",
    }
    command = [sys.executable, "-m", "hindsight"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}) as process:
        deadline = time.monotonic() + 60
        while min(outbox.drained_through(sink) for sink in ("explained", "shadowed")) < 120:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert len(explained_ids(dsn)) == 120
