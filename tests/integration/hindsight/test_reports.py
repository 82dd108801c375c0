"""Reports on what was decided, once labels have come."""

import math
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from fraud.cli.main import app
from hindsight.errors import NothingKnownError
from hindsight.reports.arms import find_arms
from hindsight.reports.experiment import Verdict, compare
from hindsight.reports.shadow import known_live_payments, shadow_standings
from tests.integration.hindsight.live import BEGIN, Live, Payment

WEEK = timedelta(days=7)


@pytest.fixture
def live(dsn: str) -> Iterator[Live]:
    live = Live(dsn)
    yield live
    live.close()


def world(
    live: Live, recalls: tuple[float, float], accounts: int = 900, seed: int = 7
) -> list[Payment]:
    """Three payments an account, a fraud among them; a third of accounts by the challenger."""
    rng = np.random.default_rng(seed)
    payments, said = [], []
    for account in range(accounts):
        challenger = account % 3 == 0
        own = {"variant": "challenger", "version": "2"} if challenger else {}
        caught = rng.random() < recalls[challenger]
        for number, probability in enumerate((0.95 if caught else 0.1, 0.6, 0.2)):
            disturbed = number != 1 or rng.random() < 0.1
            score = probability if disturbed else 0.3
            key = f"t{account}-{number}"
            made = Payment(key, f"a{account}", number + rng.random(), score, **own)  # type: ignore[arg-type]
            payments.append(made)
            if number == 0:
                said.append((made, True, 1 + 2 * rng.random()))
    live.pay(*payments, Payment("last", "a-last", 30, 0.1))
    live.label(*said)
    return payments


def test_an_experiment_is_counted_by_payment_and_by_account(live: Live, dsn: str) -> None:
    a = [Payment(f"a{n}", "a", n, 0.6 if n else 0.1) for n in range(4)]
    b = Payment("b0", "b", 0.5, 0.95, "challenger", "2")
    rest = [
        Payment("b1", "b", 1, 0.1, "challenger", "2"),
        Payment("young", "b", 20, 0.6, "challenger", "2"),
        Payment("rules", "b", 1, 0.6, "challenger", "2", degraded=True),
        Payment("other", "c", 1, 0.6, "champion", "0"),
    ]
    live.pay(*a, b, *rest)
    live.label((a[0], True, 3), (a[1], True, 1), (a[2], True, 1), (a[2], False, 2), (b, True, 1))
    arms = find_arms(dsn, BEGIN, WEEK)
    assert (arms.since, arms.moved_accounts) == (b.at, 0), "since both decided"
    arms = find_arms(dsn, BEGIN, WEEK)
    champion, challenger = arms.champion, arms.challenger
    assert (champion.version, challenger.version) == ("1", "2")
    # a0 was before the challenger; a1 is a caught fraud, a2 and a3 are genuine and were disturbed.
    counts = (champion.frauds, champion.caught, champion.genuine, champion.disturbed)
    assert [each.tolist() for each in counts] == [[1], [1], [2], [2]]
    assert challenger.frauds.tolist() == challenger.caught.tolist() == [1]
    assert challenger.genuine.tolist() == [1], "neither too young nor by rules"
    assert challenger.first_flagged_fraud.tolist() == [1]
    assert champion.first_genuine_disturbed.tolist() == [1]


def test_accounts_that_changed_sides_are_left_out(live: Live, dsn: str) -> None:
    live.pay(
        Payment("t1", "a", 1, 0.1),
        Payment("t2", "a", 2, 0.1, "challenger", "2"),
        Payment("t3", "b", 2, 0.1),
        Payment("t4", "c", 2, 0.1, "challenger", "2"),
        Payment("t5", "b", 3, 0.1),
        Payment("t6", "a", 3, 0.1),
        Payment("t7", "b", 30, 0.1),
    )
    arms = find_arms(dsn, None, WEEK)
    assert arms.moved_accounts == 1
    assert (arms.champion.accounts, arms.challenger.accounts) == (1, 1)


def test_a_better_challenger_is_found_and_an_equal_one_is_not(live: Live, dsn: str) -> None:
    world(live, (0.5, 0.85))
    recall, precision, disturbed = compare(find_arms(dsn, None, WEEK))
    assert recall.verdict is Verdict.BETTER
    assert 0 < recall.low < 0.35 < recall.high
    assert recall.champion.low < 0.5 < recall.champion.high
    # All but those before both had begun.
    assert 890 <= recall.champion.trials + recall.challenger.trials <= 900
    assert disturbed.verdict is Verdict.OPEN
    assert disturbed.challenger.rate == pytest.approx(0.05, abs=0.025)
    assert precision.accounts_needed is not None


def test_equal_sides_stay_open_and_the_report_says_how_much_is_still_needed(
    live: Live, dsn: str
) -> None:
    world(live, (0.7, 0.7))
    comparisons = compare(find_arms(dsn, None, WEEK))
    assert {each.verdict for each in comparisons} == {Verdict.OPEN}
    recall = comparisons[0]
    assert recall.low < 0 < recall.high
    assert recall.accounts_needed is not None
    assert 1_000 < recall.accounts_needed < 20_000


def test_without_a_challenger_there_is_no_experiment(live: Live, dsn: str) -> None:
    live.pay(Payment("t1", "a", 1, 0.1))
    with pytest.raises(NothingKnownError, match="no challenger"):
        find_arms(dsn, None, WEEK)


def test_a_shadow_is_compared_with_what_served_on_what_is_known(live: Live, dsn: str) -> None:
    made = [Payment(f"t{n}", "a", n, p) for n, p in enumerate((0.95, 0.1, 0.6, 0.2, 0.1))]
    young = Payment("young", "a", 11.5, 0.1)
    live.pay(*made, young)
    live.label((made[0], True, 1), (made[1], True, 1))
    says = (0.95, 0.6, 0.1, 0.2, 0.1)
    live.shadow("9", *zip([*made, young], [*says, 0.99], strict=True))
    live.shadow("8", (young, 0.1))
    [found] = shadow_standings(dsn, "9")
    assert (found.payments, found.known, found.frauds) == (6, 5, 2)
    assert found.agreement == pytest.approx(3 / 6)
    assert (found.served.recall, found.shadow.recall) == (0.5, 1.0)
    assert (found.served.false_positive_rate, found.shadow.false_positive_rate) == (1 / 3, 0)
    assert (found.served.precision, found.shadow.precision) == (0.5, 1.0)
    assert found.shadow.average_precision == 1.0
    assert found.served.average_precision < 1
    versions = {each.version: each for each in shadow_standings(dsn)}
    assert versions.keys() == {"8", "9"}
    assert versions["8"].known == 0
    assert math.isnan(versions["8"].shadow.recall)
    assert known_live_payments(dsn, "digest-9") == 5
    assert known_live_payments(dsn, "digest-none") == 0
    with pytest.raises(NothingKnownError, match="version 7 never"):
        shadow_standings(dsn, "7")


def test_the_commands_print_both(live: Live, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAUD_RECORDER__DSN", dsn)
    monkeypatch.setenv("COLUMNS", "200")
    made = world(live, (0.5, 0.85))
    live.shadow("9", *((each, 0.95 if each.key.endswith("-0") else 0.1) for each in made))
    told = CliRunner().invoke(app, ["experiment", "report", "--since", "2026-11-01"])
    assert told.exit_code == 0, told.output
    assert "champion 1" in told.output
    assert "better" in told.output
    told = CliRunner().invoke(app, ["shadow", "report"])
    assert told.exit_code == 0, told.output
    assert "version 9: 2,700 payments" in told.output
    assert "1.0000" in told.output
    told = CliRunner().invoke(app, ["shadow", "report", "7"])
    assert told.exit_code == 2
