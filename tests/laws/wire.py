"""Payments as serialized messages, and states as feature vectors."""

from collections.abc import Iterable
from dataclasses import replace

from features_rs import contract
from fraud.v1.records_pb2 import EntityKind, FeatureVector
from fraud.v1.transaction_pb2 import Coordinates, Transaction
from tests.laws.oracle import Payment
from tests.laws.replica import Deed, Kind


def sendable(deed: Deed) -> Deed:
    """The deed with ids that the wire contract allows."""
    payment = deed if isinstance(deed, Payment) else deed.payment
    ascii_only = replace(payment, transaction_id=payment.transaction_id.replace("é", "e"))
    return ascii_only if isinstance(deed, Payment) else replace(deed, payment=ascii_only)


def message_of(payment: Payment) -> bytes:
    """A serialized ``fraud.v1.Transaction``."""
    made = Transaction(
        transaction_id=payment.transaction_id,
        account_id=payment.account_id,
        merchant_id=payment.merchant_id,
        category=payment.category,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        channel=payment.channel,  # type: ignore[arg-type]
        coordinates=place_of(payment),
        device_id=payment.device_id,
        utc_offset_minutes=payment.utc_offset_minutes,
    )
    made.event_time.FromMicroseconds(payment.event_time_us)
    return made.SerializeToString()


def place_of(payment: Payment) -> Coordinates | None:
    """Where it was made."""
    if payment.latitude is None or payment.longitude is None:
        return None
    return Coordinates(latitude=payment.latitude, longitude=payment.longitude)


def messages_of(deeds: Iterable[Deed]) -> list[bytes]:
    """One a payment; labels are left out."""
    return [message_of(deed) for deed in deeds if isinstance(deed, Payment)]


def vector_of(kind: Kind, entity: str, state: bytes, digest: str | None = None) -> bytes:
    """A serialized ``fraud.v1.FeatureVector``."""
    vector = FeatureVector(
        entity_kind=EntityKind.Value(f"ENTITY_KIND_{kind.upper()}"),
        entity_id=entity,
        contract_digest=contract().digest if digest is None else digest,
        state=state,
        named_features={"account_count_24h": 1.0},
    )
    return vector.SerializeToString()
