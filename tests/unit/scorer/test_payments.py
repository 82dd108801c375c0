import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scorer.features.payments import PaymentFacts, PaymentIndex
from tests.unit.scorer.support import BEGIN_SECONDS, payment

FACTS = PaymentFacts("merchant-1", "5411", 1250, "EUR", BEGIN_SECONDS * 1_000_000, 1.75)
UNTOLD = FACTS._replace(ratio_to_usual=None)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[PaymentIndex]:
    found = PaymentIndex(tmp_path / "payments.sqlite")
    yield found
    found.close()


def test_facts_are_those_of_the_payment() -> None:
    assert PaymentFacts.of(payment("t1", ratio_to_usual=1.75)) == FACTS
    assert PaymentFacts.of(payment("t1")) == UNTOLD


def test_a_file_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "payments.sqlite"
    PaymentIndex(path).close()
    with closing(sqlite3.connect(path)) as earlier:
        earlier.execute("ALTER TABLE payments DROP COLUMN ratio_to_usual")
        earlier.execute("INSERT INTO payments VALUES ('t0', ?, ?, ?, ?, ?)", UNTOLD[:-1])
        earlier.commit()
    index = PaymentIndex(path)
    index.add_many([("t1", FACTS), ("t2", UNTOLD)])
    assert [index.find(name) for name in ("t0", "t1", "t2")] == [UNTOLD, FACTS, UNTOLD]
    index.close()


def test_payments_are_added_once_with_their_position(index: PaymentIndex) -> None:
    assert index.position_in("log") == 0
    for _ in range(2):
        index.add([("t1", FACTS)], "log", 3)
    assert (index.find("t1"), index.find("t2")) == (FACTS, None)
    assert (index.position_in("log"), index.position_in("other")) == (3, 0)


def test_the_newest_earlier_verdict_stands(index: PaymentIndex) -> None:
    index.add_verdict("t1", 10, fraud=True)
    index.add_verdict("t1", 20, fraud=False)
    assert [index.stands_as_fraud("t1", at) for at in (10, 11, 20, 21)] == [
        False,
        True,
        True,
        False,
    ]


def test_what_is_old_is_forgotten_a_few_at_a_time(index: PaymentIndex) -> None:
    index.add([(f"t{number}", FACTS) for number in range(5)], "log", 5)
    index.add_verdict("t1", 10, fraud=True)
    index.add_waiting("t9", b"label", 10)
    after = FACTS.event_time_us + 1
    assert index.prune(after, 3) == 5
    assert index.prune(after, 3) == 2
    assert index.prune(after, 3) == 0
    assert index.waiting_ids() == set()
