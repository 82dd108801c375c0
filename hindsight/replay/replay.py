"""Decides a recorded payment again and says what is not as it was."""

from dataclasses import dataclass
from itertools import zip_longest

from features_rs import Contract, contract
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import Decision, Reason, ScoreResponse, Variant
from hindsight.library import ModelLibrary
from hindsight.replay.difference import Difference, bits, told
from hindsight.replay.judging import features_of_event, judge_again
from hindsight.replay.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision that was made again.

    Args:
        prediction: As it was recorded.
        answer: As it was found again.
        differences: What is not the same, to the bit.
    """

    prediction: Prediction
    answer: ScoreResponse
    differences: tuple[Difference, ...]

    @property
    def is_identical(self) -> bool:
        """Whether everything is as it was."""
        return not self.differences


def replay(recorded: Recorded, library: ModelLibrary) -> Replay:
    """Make a decision again from its event, its features and its model.

    Taken as recorded: which variant's turn it was, and whether the payment was late.

    Raises:
        UnreplayableError: It cannot be made again here.
        RegistryError: The registry cannot be asked now.
    """
    current: Contract = contract()
    prediction = recorded.prediction
    judgement = judge_again(prediction, library, current)
    key, late = prediction.transaction.transaction_id, prediction.response.flags.late
    answer = judgement.to_response(key, current.digest, late=late)
    found = (
        *recorded.altered,
        *features_of_event(prediction, current),
        *_differences(prediction.response, answer),
        *_thresholds(prediction, judgement.policy.review_threshold, "review_threshold"),
        *_thresholds(prediction, judgement.policy.decline_threshold, "decline_threshold"),
    )
    return Replay(prediction, answer, found)


def _differences(recorded: ScoreResponse, found: ScoreResponse) -> list[Difference]:
    """What differs between two answers, but for how long they took."""
    pairs = [
        (name, of(recorded), of(found))
        for name, of in (
            ("transaction_id", lambda answer: answer.transaction_id),
            ("decision", lambda answer: Decision.Name(answer.decision)),
            ("probability", lambda answer: told(answer.probability)),
            ("risk_score", lambda answer: str(answer.risk_score)),
            ("model_version", lambda answer: answer.model_version),
            ("variant", lambda answer: Variant.Name(answer.variant)),
            ("degraded", lambda answer: str(answer.flags.degraded)),
        )
    ]
    reasons = zip_longest(map(_reason, recorded.reasons), map(_reason, found.reasons))
    pairs += [(f"reason {number}", *both) for number, both in enumerate(reasons, 1)]
    return [Difference(name, old, new) for name, old, new in pairs if old != new]


def _thresholds(prediction: Prediction, applied: float, name: str) -> list[Difference]:
    recorded = getattr(prediction, name)
    if bits(recorded) == bits(applied):
        return []
    return [Difference(name, told(recorded), told(applied))]


def _reason(reason: Reason) -> str:
    return f"{reason.code} {told(reason.weight)}"
