"""Decisions of a live scorer, made again from what PostgreSQL keeps of them."""

from collections.abc import Callable

import psycopg
import pytest
from typer.testing import CliRunner

from fraud.cli.main import app
from fraud.client import ScorerClient
from fraud.settings import DecisionSettings, ScorerSettings, Settings
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import DECISION_APPROVE, DECISION_DECLINE, DECISION_REVIEW
from hindsight.drains import ShadowScorer
from hindsight.errors import NothingKnownError, UnreplayableError
from hindsight.library import ModelLibrary
from hindsight.replay.recorded import find_recorded
from hindsight.replay.replay import Replay, replay
from hindsight.replay.shadows import replay_shadows
from scorer.recorder.recorder import Recorder
from scorer.service import ScorerService
from tests.unit.hindsight.trees import tree_bundle
from tests.unit.scorer.support import amount_bundle, payment

type Score = Callable[..., None]

AMOUNTS = {"approved": 1_250, "reviewed": 7_000, "declined": 30_000}


@pytest.fixture
def score(settings: Settings, dsn: str) -> Score:
    """Has a scorer decide payments, whose amounts are given by id, and records them."""

    def run(changed: Settings = settings, /, **amounts: int) -> None:
        service = ScorerService(changed)
        service.start()
        try:
            with ScorerClient(f"127.0.0.1:{service.port}") as client:
                for key, amount in amounts.items():
                    client.score(payment(key, amount_minor=amount))
                    client.score(payment(key, amount_minor=amount))
        finally:
            service.stop()
        Recorder(changed.outbox_path, dsn, changed.recorder).drain()

    return run


@pytest.fixture
def settings(settings: Settings) -> Settings:
    amount_bundle().write(settings.home / "bundles" / "champion")
    return settings.model_copy(update={"scorer": ScorerSettings(port=0)})


@pytest.fixture
def library(settings: Settings) -> ModelLibrary:
    return ModelLibrary.of(settings)


def again(dsn: str, key: str, library: ModelLibrary) -> Replay:
    [recorded] = find_recorded(dsn, key)
    return replay(recorded, library)


def names(made: Replay) -> list[str]:
    return [each.name for each in made.differences]


def execute(dsn: str, statement: str, *values: object) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert connection.execute(statement.encode(), values).rowcount == 1


def test_every_decision_is_found_again(score: Score, dsn: str, library: ModelLibrary) -> None:
    score(**AMOUNTS)
    found = {key: again(dsn, key, library) for key in AMOUNTS}
    assert [each.differences for each in found.values()] == [(), (), ()]
    decisions = [each.answer.decision for each in found.values()]
    assert decisions == [DECISION_APPROVE, DECISION_REVIEW, DECISION_DECLINE]
    assert found["declined"].answer.reasons


def test_trees_and_thresholds_of_the_settings(
    settings: Settings, score: Score, dsn: str, library: ModelLibrary
) -> None:
    tree_bundle().write(settings.home / "bundles" / "champion")
    own = DecisionSettings(review_threshold=0.01, decline_threshold=0.1)
    many = {f"t{number}": 100 + 997 * number for number in range(40)}
    score(settings.model_copy(update={"decision": own}), **many)
    found = [again(dsn, key, library) for key in many]
    assert all(each.is_identical for each in found)
    assert any(each.answer.reasons for each in found)


def test_the_challenger_and_the_rules(
    settings: Settings, score: Score, dsn: str, library: ModelLibrary
) -> None:
    amount_bundle(-9.0).write(settings.home / "bundles" / "challenger")
    all_of_them = {"decision": DecisionSettings(challenger_percent=100)}
    score(settings.model_copy(update=all_of_them), challenged=7_000)
    made = again(dsn, "challenged", library)
    assert (made.is_identical, made.answer.variant, made.answer.decision) == (True, 2, 1)
    nothing = settings.registry.model_copy(update={"directory": settings.home / "none"})
    degraded = Settings(
        home=settings.home / "degraded",
        registry=nothing,
        scorer=ScorerSettings(port=0, degrade="rules"),
        recorder=settings.recorder,
    )
    score(degraded, ruled=7_000)
    made = again(dsn, "ruled", library)
    assert (made.is_identical, made.answer.flags.degraded) == (True, True)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount_minor", 7_001),
        ("probability", 0.75),
        ("decision", "approve"),
        ("features", [0.0] * 55),
        ("reason_codes", ["UNUSUAL_TIME"]),
        ("country", None),
        ("event_time", "2026-01-01T00:00:00Z"),
    ],
)
def test_a_column_that_was_changed_is_told(
    score: Score, dsn: str, library: ModelLibrary, column: str, value: object
) -> None:
    score(reviewed=7_000)
    execute(dsn, f"UPDATE predictions SET {column} = %s", value)
    assert names(again(dsn, "reviewed", library)) == [f"column {column}"]


def test_a_message_that_was_changed_with_its_columns_is_told(
    score: Score, dsn: str, library: ModelLibrary
) -> None:
    score(reviewed=7_000)
    [recorded] = find_recorded(dsn, "reviewed")

    def forged(change: Callable[[Prediction], None]) -> list[str]:
        made = Prediction.FromString(recorded.prediction.SerializeToString())
        change(made)
        execute(dsn, "UPDATE predictions SET prediction = %s", made.SerializeToString())
        found = names(again(dsn, "reviewed", library))
        return [name for name in found if not name.startswith("column")]

    def less(made: Prediction) -> None:
        made.response.probability -= 1e-7

    def cheaper(made: Prediction) -> None:
        made.transaction.amount_minor = 1_000

    def other_reason(made: Prediction) -> None:
        made.response.reasons[0].code = "UNUSUAL_TIME"

    def approved(made: Prediction) -> None:
        made.response.decision = DECISION_APPROVE
        made.response.reasons.clear()

    assert forged(less) == ["probability"]
    assert forged(cheaper) == ["feature amount"]
    assert forged(other_reason) == ["reason 1"]
    assert forged(approved) == ["decision", "reason 1"]


def test_what_cannot_be_made_again_says_why(
    settings: Settings, score: Score, dsn: str, library: ModelLibrary
) -> None:
    score(reviewed=7_000)
    with pytest.raises(NothingKnownError, match="no payment `nobody` is recorded"):
        find_recorded(dsn, "nobody")
    [recorded] = find_recorded(dsn, "reviewed")

    def refusal(change: Callable[[Prediction], None]) -> str:
        made = Prediction.FromString(recorded.prediction.SerializeToString())
        change(made)
        execute(dsn, "UPDATE predictions SET prediction = %s", made.SerializeToString())
        with pytest.raises(UnreplayableError) as caught:
            again(dsn, "reviewed", library)
        return str(caught.value)

    def by_other_rules(made: Prediction) -> None:
        made.model_digest, made.response.model_version = "", "rules-0"

    def of_another_contract(made: Prediction) -> None:
        made.response.contract_digest = "c0ffee"

    def of_no_model(made: Prediction) -> None:
        made.model_digest, made.response.model_version = "0" * 64, "77"

    assert "decided by `rules-0`, this build has `rules-1`" in refusal(by_other_rules)
    assert "of contract c0ffee, this build's" in refusal(of_another_contract)
    assert "there is no version 77" in refusal(of_no_model)
    execute(dsn, "UPDATE predictions SET prediction = ''")
    with pytest.raises(UnreplayableError, match="column prediction cannot be read"):
        find_recorded(dsn, "reviewed")


def test_shadows_are_made_again_too(
    settings: Settings, score: Score, dsn: str, library: ModelLibrary
) -> None:
    tree_bundle().write(settings.home / "bundles" / "shadow")
    score(**AMOUNTS, **{f"t{number}": 100 + 997 * number for number in range(30)})
    ShadowScorer(settings, dsn).drain()
    [recorded] = find_recorded(dsn, "declined")
    [shadow] = replay_shadows(dsn, recorded, library)
    assert shadow.differences == ()
    statement = "UPDATE shadow_predictions SET probability = 0.5 WHERE transaction_id = %s"
    execute(dsn, statement, "declined")
    [shadow] = replay_shadows(dsn, recorded, library)
    assert [each.name for each in shadow.differences] == ["probability"]


def test_the_command_tells_by_its_exit_code(
    settings: Settings, score: Score, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    score(**AMOUNTS)
    monkeypatch.setenv("FRAUD_HOME", str(settings.home))
    monkeypatch.setenv("FRAUD_REGISTRY__DIRECTORY", str(settings.registry.directory))
    monkeypatch.setenv("FRAUD_RECORDER__DSN", dsn)
    told = CliRunner().invoke(app, ["replay", "declined", "--shadows"])
    assert told.exit_code == 0, told.output
    assert "found again: decline" in told.output
    assert "identical, bit for bit" in told.output
    execute(dsn, "UPDATE predictions SET risk_score = 1 WHERE transaction_id = 'declined'")
    told = CliRunner().invoke(app, ["replay", "declined"])
    assert told.exit_code == 1, told.output
    assert "column risk_score" in told.output
    assert CliRunner().invoke(app, ["replay", "nobody"]).exit_code == 2
