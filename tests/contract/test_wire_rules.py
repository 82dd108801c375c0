"""The kernel's reader of payments refuses what the scorer's edge refuses, and nothing else."""

import re
from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from features_rs import Store
from fraud.v1.transaction_pb2 import Transaction
from scorer.errors import InvalidRequestError
from scorer.features.convert import to_event
from scorer.validation import validate
from tests.contract.test_validation import RULES, Rule, message_with
from tools.golden import GOLDEN, golden_message

SEARCH = settings(max_examples=300, deadline=None, database=None, derandomize=True)
RULED = [rule for rule in RULES if rule.message in {"Transaction", "Coordinates"}]
IDS = st.one_of(
    st.sampled_from(["", "t", "~" * 64, "~" * 65, "4111 1111", "café", "x\n", "!", "\x7f"]),
    st.text(max_size=70),
)
CODES = st.sampled_from(
    ["EUR", "JPY", "eur", "EURO", "", "XXX", "ZZZ", "EÜR", "FR", "FRA", "F", "fr"]
)
DEGREES = st.one_of(
    st.sampled_from([0.0, -0.0, 90.0, -90.001, 180.0, -180.0, 180.001, float("nan"), float("inf")]),
    st.floats(),
)
NETWORKS = st.one_of(
    st.sampled_from(
        ["10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/08", "2001:db8::/32", "::/0", "::1%lo/128"]
    ),
    st.ip_addresses().map(lambda address: f"{address}/{address.max_prefixlen}"),
    st.builds("{}/{}".format, st.ip_addresses(), st.integers(0, 130)),
    st.from_regex(r"[0-9a-f:.]{0,20}(/[0-9]{0,3})?", fullmatch=True),
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "transaction_id": IDS,
    "account_id": IDS,
    "merchant_id": IDS,
    "category": st.one_of(IDS, st.sampled_from(["~" * 32, "~" * 33])),
    "amount_minor": st.one_of(
        st.sampled_from([0, -1, 10**15, 10**15 + 1]), st.integers(-(2**63), 2**63 - 1)
    ),
    "currency": CODES,
    "channel": st.integers(-1, 7),
    "entry_mode": st.integers(-1, 7),
    "country": CODES,
    "device_id": IDS,
    "ip_prefix": NETWORKS,
    "utc_offset_minutes": st.one_of(
        st.sampled_from([-841, -840, 840, 841]), st.integers(-(2**31), 2**31 - 1)
    ),
    "ratio_to_usual": st.one_of(
        st.sampled_from([0.0, -0.0, -1e-45, 100.0, 100.00001, float("nan"), float("inf")]),
        st.floats(width=32),
    ),
}
SECONDS = st.one_of(
    st.sampled_from([-1, 0, 4_102_444_799, 4_102_444_800]), st.integers(-(2**40), 2**40)
)
NANOS = st.one_of(
    st.sampled_from([-1, 0, 999, 1_000, 999_999_999, 10**9]), st.integers(-(2**31), 2**31 - 1)
)
# An unknown field, a known one of another wire type, a group, and what no parser takes.
TAILS = [b"", b"\x82\xfa\x01\x05newer", b"\x50\x01", b"\x0b\x0c", b"\x0b", b"\x07", b"\x0a\x05t"]


def golden() -> Transaction:
    """A payment that keeps every rule, with every field set."""
    message = golden_message(GOLDEN / "v1" / "Transaction.json")
    assert isinstance(message, Transaction)
    return message


@st.composite
def transactions(draw: st.DrawFn) -> Transaction:
    """The golden payment with up to three fields changed, to the good or the bad."""
    made = golden()
    for name in draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=2, unique=True)):
        setattr(made, name, draw(FIELDS[name]))
    match draw(st.sampled_from(["time", "place", "neither", "neither"])):
        case "time":
            made.event_time.seconds, made.event_time.nanos = draw(SECONDS), draw(NANOS)
        case "place":
            made.coordinates.latitude = draw(DEGREES)
            made.coordinates.longitude = draw(DEGREES)
    for name in draw(
        st.lists(st.sampled_from(["coordinates", "country", "ip_prefix"]), max_size=1)
    ):
        made.ClearField(name)  # type: ignore[arg-type]
    return made


def edge_takes(message: bytes) -> bool:
    """Whether the scorer would."""
    transaction = Transaction()
    try:
        transaction.ParseFromString(message)
        validate(transaction)
        to_event(transaction)
    except (DecodeError, InvalidRequestError):
        return False
    except ValueError:
        # The rules say nothing of nanoseconds out of range, protobuf's conversion does.
        assert not 0 <= transaction.event_time.nanos < 10**9
        return False
    return True


def kernel_refusal(message: bytes) -> str | None:
    """Why the kernel does not take it."""
    report = Store().record_wire([message])
    assert report.recorded + len(report.refused) == 1
    return report.refused[0][1] if report.refused else None


def _as_transaction(rule: Rule, value: Any) -> Transaction:
    message = message_with(rule, value)
    if isinstance(message, Transaction):
        return message
    whole = golden()
    whole.coordinates.CopyFrom(message)  # type: ignore[arg-type]
    return whole


@pytest.mark.parametrize("rule", RULED, ids=lambda rule: f"{rule.message}.{rule.field}")
def test_each_rule_is_kept_and_its_field_named(rule: Rule) -> None:
    good, bad = (_as_transaction(rule, value) for value in (rule.good, rule.bad))
    assert kernel_refusal(good.SerializeToString()) is None
    inner = "coordinates." if rule.message == "Coordinates" else ""
    reason = kernel_refusal(bad.SerializeToString())
    assert reason is not None
    assert re.match(rf"transaction\.{inner}{rule.field}: (`.*` is not |value is required)", reason)


@SEARCH
@given(transactions())
def test_both_take_the_same_payments(made: Transaction) -> None:
    message = made.SerializeToString()
    assert (kernel_refusal(message) is None) == edge_takes(message)


@SEARCH
@given(transactions(), st.data())
def test_both_take_the_same_bytes(made: Transaction, data: st.DataObject) -> None:
    message = bytearray(made.SerializeToString())
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.integers(0, len(message) - 1))
        message[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    message += data.draw(st.sampled_from(TAILS))
    assert (kernel_refusal(bytes(message)) is None) == edge_takes(bytes(message))


@pytest.mark.parametrize("tail", TAILS, ids=repr)
def test_both_read_on_after_what_they_do_not_know(tail: bytes) -> None:
    message = golden().SerializeToString() + tail
    assert (kernel_refusal(message) is None) == edge_takes(message)


def test_a_currency_without_a_rate_is_refused_by_name() -> None:
    made = golden()
    made.currency = "XXX"
    validate(made)
    assert str(kernel_refusal(made.SerializeToString())).startswith("transaction.currency: `XXX`")


def test_what_is_no_message_is_refused_with_a_reason() -> None:
    assert str(kernel_refusal(b"\xff")).startswith("the bytes are not a fraud.v1.Transaction")


def test_a_shown_value_is_short_and_printable() -> None:
    made = golden()
    made.account_id = "é" * 100
    reason = str(kernel_refusal(made.SerializeToString()))
    assert reason.isascii()
    assert reason.count("\\u{e9}") == 64
