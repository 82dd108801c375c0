"""A decision as it is looked back at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError

from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import DECISION_APPROVE, Decision
from scorer.sinks.entry import OutboxEntry

type Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision.

    Args:
        transaction_id: Of the payment.
        model_digest: SHA-256 of the model that decided; empty for the rules.
        model_version: The registry's, or that of the rules.
        contract_digest: Of the features' order and meaning.
        decision: Approve, review or decline.
        decided_at: When, in UTC.
        features: In the contract's order, NaN for missing.
    """

    transaction_id: str
    model_digest: str
    model_version: str
    contract_digest: str
    decision: Decision.ValueType
    decided_at: datetime
    features: Sequence[float]

    @property
    def is_refusal(self) -> bool:
        """Whether somebody may ask at once why: it was not approved."""
        return self.decision != DECISION_APPROVE


def decided_in(entries: Iterable[OutboxEntry]) -> list[Decided]:
    """The decisions among outbox entries; what is none is the recorder's to set aside."""
    found = (_decided(entry) for entry in entries if entry.kind == "prediction")
    return [each for each in found if each is not None]


def rows_of(decisions: Sequence[Decided]) -> Rows:
    """Their features, float32 [k, features]; all of one contract."""
    return np.array([each.features for each in decisions], np.float32)


def decided_of(prediction: Prediction) -> Decided:
    """A decision as it was kept.

    Raises:
        ValueError: It was made at no time that there is.
    """
    answer = prediction.response
    return Decided(
        transaction_id=prediction.transaction.transaction_id,
        model_digest=prediction.model_digest,
        model_version=answer.model_version,
        contract_digest=answer.contract_digest,
        decision=answer.decision,
        decided_at=prediction.decided_at.ToDatetime(UTC),
        features=prediction.features,
    )


def _decided(entry: OutboxEntry) -> Decided | None:
    try:
        return decided_of(Prediction.FromString(entry.payload))
    except (DecodeError, ValueError):
        return None
