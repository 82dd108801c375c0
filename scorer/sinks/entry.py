"""What the outbox holds."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["prediction", "label"]

# As stored; never renumbered.
KIND_NUMBERS: Final[dict[Kind, int]] = {"prediction": 0, "label": 1}
KINDS: Final[dict[int, Kind]] = {number: kind for kind, number in KIND_NUMBERS.items()}


@dataclass(frozen=True, slots=True)
class StoredPrediction:
    """A decision as it was answered.

    Args:
        payload: The serialized ``fraud.v1.Prediction``.
        request_digest: What tells a repeated request from another one under the same id.
    """

    payload: bytes
    request_digest: bytes


@dataclass(frozen=True, slots=True)
class StoredLabel:
    """A label to be kept.

    Args:
        transaction_id: Of the labelled payment.
        payload: The ``fraud.v1.Label``, serialized deterministically: two labels are the same
            when these bytes are, and a label that corrects another differs in them.
    """

    transaction_id: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class AppendedLabels:
    """What became of labels that were appended.

    Args:
        accepted: Stored by this call.
        duplicates: Stored before, byte for byte.
    """

    accepted: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One entry in the order of appending.

    Args:
        seq: Position, from 1, without gaps until pruned.
        kind: What ``payload`` is.
        key: The transaction id.
        digest: Of the request (prediction), SHA-256 of the payload (label).
        payload: Serialized ``fraud.v1.Prediction`` or ``fraud.v1.Label``.
        appended_at_us: Microseconds since the Unix epoch.
    """

    seq: int
    kind: Kind
    key: str
    digest: bytes
    payload: bytes
    appended_at_us: int
