"""An outbox entry as the messages that tell others of it."""

from google.protobuf.message import DecodeError

from fraud.tracing.header import TRACEPARENT
from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import Prediction
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import Record, headers_of, to_record
from messaging.topics import DECISIONS, LABELS, RAW_TRANSACTIONS
from scorer.features.usual import decided
from scorer.recorder.errors import UnrecordableError
from scorer.sinks.entry import OutboxEntry


def to_messages(entry: OutboxEntry) -> list[tuple[str, Record]]:
    """Topics, by their names without prefix, and what goes to each.

    A decision goes to ``decisions``, byte for byte; its payment, with what was usual for its
    account, to ``raw_transactions``, unless it was read from there; both carry the decision's trace
    on, where it has one. A label goes to ``labels``. The same entry always gives the same messages,
    so that those that come twice can be told by their bytes.

    Raises:
        UnrecordableError: The payload is not what it should be.
    """
    if entry.kind == "label":
        return [(LABELS, _label(entry.payload))]
    try:
        prediction = Prediction.FromString(entry.payload)
    except DecodeError as exc:
        raise UnrecordableError(f"not a fraud.v1.Prediction: {exc}") from exc
    payment, digest = prediction.transaction, prediction.response.contract_digest
    if not payment.account_id:
        raise UnrecordableError("the prediction has no transaction.account_id")
    traced = _trace_of(prediction)
    headers = [*headers_of(Prediction, "scorer", digest), *traced]
    decision = Record(payment.account_id.encode(), entry.payload, headers)
    messages = [(DECISIONS, decision)]
    if not prediction.from_stream:
        record = to_record(
            _published(prediction), key=payment.account_id, origin="scorer", digest=digest
        )
        record.headers.extend(traced)
        messages.append((RAW_TRANSACTIONS, record))
    return messages


def _trace_of(prediction: Prediction) -> list[tuple[str, bytes]]:
    return [(TRACEPARENT, prediction.traceparent.encode())] if prediction.traceparent else []


def _published(prediction: Prediction) -> Transaction:
    """The payment as it was sent, with what this decision says of it."""
    payment = Transaction()
    payment.CopyFrom(prediction.transaction)
    payment.ClearField("ratio_to_usual")
    if (ratio := decided(prediction)) is not None:
        payment.ratio_to_usual = ratio
    return payment


def _label(payload: bytes) -> Record:
    try:
        label = Label.FromString(payload)
    except DecodeError as exc:
        raise UnrecordableError(f"not a fraud.v1.Label: {exc}") from exc
    if not label.transaction_id:
        raise UnrecordableError("the label has no transaction_id")
    return Record(label.transaction_id.encode(), payload, headers_of(Label, "scorer"))
