"""From wire messages to the kernel's terms."""

from features_rs import Event, InvalidEventError, Label
from fraud.v1 import label_pb2
from fraud.v1.transaction_pb2 import Transaction
from scorer.errors import FieldViolation, InvalidRequestError
from scorer.features.payments import PaymentFacts


def to_event(transaction: Transaction) -> Event:
    """The kernel's view of a payment.

    Raises:
        InvalidRequestError: The wire contract allows a field that the kernel does not, such as
            a currency without a rate; names it.
    """
    given = transaction.HasField
    located = given("coordinates")
    place = transaction.coordinates
    try:
        return Event(
            transaction_id=transaction.transaction_id,
            account_id=transaction.account_id,
            merchant_id=transaction.merchant_id,
            category=transaction.category,
            amount_minor=transaction.amount_minor,
            currency=transaction.currency,
            event_time_us=transaction.event_time.ToMicroseconds(),
            channel=transaction.channel,
            entry_mode=transaction.entry_mode,
            country=transaction.country if given("country") else None,
            latitude=place.latitude if located else None,
            longitude=place.longitude if located else None,
            device_id=transaction.device_id if given("device_id") else None,
            ip_prefix=transaction.ip_prefix if given("ip_prefix") else None,
            utc_offset_minutes=(
                transaction.utc_offset_minutes if given("utc_offset_minutes") else None
            ),
        )
    except InvalidEventError as exc:
        # The kernel's messages read "field: `value` is not allowed thing".
        field, _, description = str(exc).partition(": ")
        violation = FieldViolation(f"transaction.{field}", description)
        raise InvalidRequestError(f"invalid transaction: {exc}", [violation]) from exc


def to_label(
    label: label_pb2.Label, payment: PaymentFacts, *, fraud: bool, withdraws: bool
) -> Label:
    """The kernel's view of a label on a payment that it has seen."""
    return Label(
        transaction_id=label.transaction_id,
        merchant_id=payment.merchant_id,
        category=payment.category,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        event_time_us=payment.event_time_us,
        known_at_us=label.known_at.ToMicroseconds(),
        fraud=fraud,
        withdraws=withdraws,
        ratio_to_usual=payment.ratio_to_usual,
    )
