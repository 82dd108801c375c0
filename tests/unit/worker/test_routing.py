"""An account's scorer is the same everywhere, and moves only when it has to."""

import subprocess
import sys
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import RoutingError
from worker.routing import Router

ACCOUNTS = [f"account-{number:06}" for number in range(10_000)]
TARGETS = [f"10.0.0.{number}:50051" for number in range(1, 6)]

targets = st.lists(st.sampled_from(TARGETS), min_size=1, unique=True)
accounts = st.text(min_size=1, max_size=64)


@given(targets, accounts, st.randoms())
def test_the_order_of_the_list_plays_no_part(
    named: list[str], account: str, random: Random
) -> None:
    shuffled = random.sample(named, len(named))
    assert Router(named).target_of(account) == Router(shuffled).target_of(account)


@given(targets, accounts)
def test_only_what_a_new_scorer_wins_moves(named: list[str], account: str) -> None:
    before = Router(named).target_of(account)
    after = Router([*named, "10.0.0.9:50051"]).target_of(account)
    assert after in {before, "10.0.0.9:50051"}


def test_a_new_scorer_gets_its_share() -> None:
    before, after = Router(TARGETS[:4]), Router(TARGETS)
    moved = sum(before.target_of(each) != after.target_of(each) for each in ACCOUNTS)
    # A fifth, give or take five standard deviations of a binomial count.
    assert abs(moved - 2_000) < 5 * (10_000 * 0.2 * 0.8) ** 0.5


@pytest.mark.parametrize("count", [2, 3, 5])
def test_scorers_have_alike_many_accounts(count: int) -> None:
    router = Router(TARGETS[:count])
    shares = Counter(map(router.target_of, ACCOUNTS))
    share = 1 / count
    deviation = (10_000 * share * (1 - share)) ** 0.5
    assert set(shares) == set(TARGETS[:count])
    assert all(abs(found - 10_000 * share) < 5 * deviation for found in shares.values())


def test_another_process_says_the_same() -> None:
    code = (
        "from worker.routing import Router\n"
        f"router = Router({TARGETS[::-1]!r})\n"
        f"print(*map(router.target_of, {ACCOUNTS[:50]!r}))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    router = Router(TARGETS)
    assert told.stdout.split() == [router.target_of(each) for each in ACCOUNTS[:50]]


def test_known_answers_never_change() -> None:
    router = Router(TARGETS)
    found = [router.target_of(each) for each in ("alice", "bob", "carol", "dave")]
    assert found == [f"10.0.0.{number}:50051" for number in (1, 5, 3, 2)]


def test_no_scorer_is_an_error() -> None:
    with pytest.raises(RoutingError, match="FRAUD_WORKER__SCORERS"):
        Router([])


def test_a_scorer_named_twice_is_an_error() -> None:
    with pytest.raises(RoutingError, match="twice"):
        Router(["a:1", "a:1"])
