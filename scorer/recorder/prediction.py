"""A decision as a row of ``predictions``."""

from datetime import UTC, datetime

from google.protobuf.message import DecodeError

from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import Decision, Variant
from fraud.v1.transaction_pb2 import Channel, EntryMode, Transaction
from scorer.recorder.column import Column, Row, to_array, to_name, to_row, to_time
from scorer.recorder.errors import UnrecordableError

# Partitions are made for the days of decisions; a clock that is out of its mind makes none.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
STAGES = ("validate_us", "lookup_us", "assemble_us", "model_us", "decide_us", "append_us")


def _optional(transaction: Transaction, field: str) -> object:
    """The value of an optional field; None when it was not sent."""
    return getattr(transaction, field) if transaction.HasField(field) else None  # type: ignore[arg-type]


def _coordinate(transaction: Transaction, name: str) -> object:
    return getattr(transaction.coordinates, name) if transaction.HasField("coordinates") else None


def _latency_us(prediction: Prediction) -> int:
    """The server's total, or what of it was known when the decision was made durable."""
    timing = prediction.response.server_timing
    return timing.total_us or sum(getattr(timing, stage) for stage in STAGES)


COLUMNS: tuple[Column[Prediction], ...] = (
    Column("transaction_id", lambda p: p.transaction.transaction_id),
    Column("account_id", lambda p: p.transaction.account_id),
    Column("merchant_id", lambda p: p.transaction.merchant_id),
    Column("category", lambda p: p.transaction.category),
    Column("amount_minor", lambda p: p.transaction.amount_minor),
    Column("currency", lambda p: p.transaction.currency),
    Column("event_time", lambda p: to_time(p.transaction.event_time)),
    Column("channel", lambda p: to_name(Channel.Name, p.transaction.channel, "CHANNEL_")),
    Column(
        "entry_mode", lambda p: to_name(EntryMode.Name, p.transaction.entry_mode, "ENTRY_MODE_")
    ),
    Column("country", lambda p: _optional(p.transaction, "country")),
    Column("latitude", lambda p: _coordinate(p.transaction, "latitude")),
    Column("longitude", lambda p: _coordinate(p.transaction, "longitude")),
    Column("device_id", lambda p: _optional(p.transaction, "device_id")),
    Column("ip_prefix", lambda p: _optional(p.transaction, "ip_prefix")),
    Column("utc_offset_minutes", lambda p: _optional(p.transaction, "utc_offset_minutes")),
    Column("decision", lambda p: to_name(Decision.Name, p.response.decision, "DECISION_")),
    Column("probability", lambda p: p.response.probability),
    Column("risk_score", lambda p: p.response.risk_score),
    Column("reason_codes", lambda p: [reason.code for reason in p.response.reasons]),
    Column("reason_weights", lambda p: to_array(reason.weight for reason in p.response.reasons)),
    Column("model_version", lambda p: p.response.model_version),
    Column("variant", lambda p: to_name(Variant.Name, p.response.variant, "VARIANT_")),
    Column("model_digest", lambda p: p.model_digest),
    Column("contract_digest", lambda p: p.response.contract_digest),
    Column("review_threshold", lambda p: p.review_threshold),
    Column("decline_threshold", lambda p: p.decline_threshold),
    Column("features", lambda p: to_array(p.features)),
    Column("degraded", lambda p: p.response.flags.degraded),
    Column("late", lambda p: p.response.flags.late),
    Column("latency_us", _latency_us),
    Column("decided_at", lambda p: to_time(p.decided_at)),
)
DECIDED_AT = len(COLUMNS) - 1
# The message itself comes last, as it was in the outbox.
NAMES = (*(column.name for column in COLUMNS), "prediction")


def to_prediction_row(payload: bytes) -> Row:
    """A serialized ``fraud.v1.Prediction`` as a row, in the order of :data:`NAMES`.

    Raises:
        UnrecordableError: It is not one, is incomplete, or has a value that cannot be kept.
    """
    try:
        prediction = Prediction.FromString(payload)
    except DecodeError as exc:
        raise UnrecordableError(f"not a fraud.v1.Prediction: {exc}") from exc
    for field in ("transaction", "response", "decided_at"):
        if not prediction.HasField(field):
            raise UnrecordableError(f"the prediction has no {field}")
    row = to_row(COLUMNS, prediction)
    if not EARLIEST <= decided_at(row) < LATEST:
        raise UnrecordableError(f"decided_at: {decided_at(row)} is not between 2000 and 2100")
    return [*row, payload]


def decided_at(row: Row) -> datetime:
    """When the decision of a row was made."""
    value = row[DECIDED_AT]
    assert isinstance(value, datetime)
    return value
