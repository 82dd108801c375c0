"""Every rule of the wire contract, and how a refusal names it."""

from collections.abc import Callable
from time import thread_time_ns

import pytest
from google.protobuf.message import Message

from fraud.v1.label_pb2 import Label, ReportRequest
from fraud.v1.scoring_pb2 import ScoreRequest
from fraud.v1.transaction_pb2 import Transaction
from scorer.errors import InvalidRequestError
from scorer.validation import LONGEST_VALUE, MOST_VIOLATIONS, validate
from tests.unit.scorer.support import payment

SPOILED = [
    ("transaction_id", ""),
    ("transaction_id", "a b"),
    ("transaction_id", "x" * 65),
    ("account_id", ""),
    ("account_id", "é"),
    ("merchant_id", "\n"),
    ("category", "x" * 33),
    ("amount_minor", -1),
    ("amount_minor", 10**15 + 1),
    ("currency", "eur"),
    ("currency", ""),
    ("channel", 99),
    ("entry_mode", -1),
    ("country", "DEU"),
    ("device_id", ""),
    ("ip_prefix", "203.0.113.5/24"),
    ("ip_prefix", "hello"),
    ("utc_offset_minutes", 841),
]


def fields_of(message: Message) -> set[str]:
    with pytest.raises(InvalidRequestError) as caught:
        validate(message)
    return {violation.field for violation in caught.value.violations}


def test_a_good_payment_passes() -> None:
    validate(ScoreRequest(transaction=payment("t1")))


@pytest.mark.parametrize(("field", "value"), SPOILED)
def test_a_spoiled_field_is_named(field: str, value: object) -> None:
    request = ScoreRequest(transaction=payment("t1", **{field: value}))
    assert fields_of(request) == {f"transaction.{field}"}


@pytest.mark.parametrize("degrees", [91.0, float("nan"), float("inf")])
def test_a_nested_field_is_named(degrees: float) -> None:
    transaction = payment("t1")
    transaction.coordinates.latitude = degrees
    request = ScoreRequest(transaction=transaction)
    assert fields_of(request) == {"transaction.coordinates.latitude"}


@pytest.mark.parametrize("seconds", [-1, 4102444800])
def test_a_time_out_of_range_is_named(seconds: int) -> None:
    transaction = payment("t1")
    transaction.event_time.seconds = seconds
    assert fields_of(ScoreRequest(transaction=transaction)) == {"transaction.event_time"}


def test_what_is_missing_is_named() -> None:
    assert fields_of(ScoreRequest()) == {"transaction"}
    missing = fields_of(ScoreRequest(transaction=Transaction()))
    assert {"transaction.event_time", "transaction.transaction_id"} <= missing


def test_the_value_and_the_rule_are_told() -> None:
    with pytest.raises(InvalidRequestError, match="`-5` must be greater than or equal to 0"):
        validate(ScoreRequest(transaction=payment("t1", amount_minor=-5)))


def test_labels_are_named_by_position_and_related_fields_checked() -> None:
    good = Label(transaction_id="t1", source="analyst")
    good.happened_at.seconds = good.known_at.seconds = 10
    early = Label(transaction_id="t2", source="analyst")
    early.happened_at.seconds, early.known_at.seconds = 10, 9
    assert fields_of(ReportRequest(labels=[good, early])) == {"labels[1]"}
    assert fields_of(ReportRequest()) == {"labels"}


def test_a_refusal_is_bounded() -> None:
    request = ReportRequest(labels=[Label(source="x" * 5000)] * 1000)
    with pytest.raises(InvalidRequestError) as caught:
        validate(request)
    assert 0 < len(caught.value.violations) <= MOST_VIOLATIONS
    assert len(str(caught.value)) < 10 * LONGEST_VALUE


def test_a_refusal_costs_less_than_thirty_thousand_squares() -> None:
    """About a millisecond of a core that makes ten squares in 0.35 us."""
    request = ScoreRequest(transaction=Transaction(amount_minor=-1, currency="x", country="y"))

    def refuse() -> None:
        with pytest.raises(InvalidRequestError):
            validate(request)

    def square() -> None:
        sum(number * number for number in range(30_000))

    # What else the machine does only adds to what each takes.
    pairs = [(time_of(refuse), time_of(square)) for _ in range(50)]
    refusal, squares = (min(each) for each in zip(*pairs, strict=True))
    assert refusal < squares


def time_of(act: Callable[[], None]) -> int:
    """Nanoseconds of a core."""
    started = thread_time_ns()
    act()
    return thread_time_ns() - started
