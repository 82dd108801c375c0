"""What the live part came to: every answer held against the truth."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fraud.loadgen import LoadAnswer

STOPPED = ("review", "decline")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts over the answered live payments.

    Args:
        answered: Payments that got a decision.
        decisions: Decision -> payments.
        caught: Kind of fraud -> frauds reviewed or declined.
        missed: Kind of fraud -> frauds approved.
        false_alarms: Genuine payments reviewed or declined.
        genuine: Genuine payments.
        shown: The fraud that was declined with the highest probability.
    """

    answered: int
    decisions: Mapping[str, int]
    caught: Mapping[str, int]
    missed: Mapping[str, int]
    false_alarms: int
    genuine: int
    shown: LoadAnswer | None

    @property
    def recall(self) -> float:
        """Share of the frauds that was caught; 0 when there was none."""
        caught = sum(self.caught.values())
        return caught / ((caught + sum(self.missed.values())) or 1)

    @property
    def false_positive_rate(self) -> float:
        """Share of the genuine payments that was stopped."""
        return self.false_alarms / (self.genuine or 1)


@dataclass(slots=True)
class _Tally:
    decisions: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    false_alarms: int = 0
    genuine: int = 0
    shown: LoadAnswer | None = None


def outcome_of(answers: Iterable[LoadAnswer], kinds: Mapping[str, str | None]) -> Outcome:
    """Hold the answers against the truth.

    Args:
        answers: Of the load client; failed calls are passed over.
        kinds: Transaction id -> kind of fraud, None when genuine.
    """
    tally = _Tally()
    for answer in answers:
        if answer.decision is not None:
            _count(tally, answer, kinds[answer.transaction_id])
    return Outcome(
        answered=tally.decisions.total(),
        decisions=dict(tally.decisions),
        caught=dict(tally.caught),
        missed=dict(tally.missed),
        false_alarms=tally.false_alarms,
        genuine=tally.genuine,
        shown=tally.shown,
    )


def _count(tally: _Tally, answer: LoadAnswer, kind: str | None) -> None:
    tally.decisions[answer.decision or ""] += 1
    stopped = answer.decision in STOPPED
    if kind is None:
        tally.genuine += 1
        tally.false_alarms += stopped
        return
    (tally.caught if stopped else tally.missed)[kind] += 1
    if answer.decision == "decline" and _beats(answer, tally.shown):
        tally.shown = answer


def _beats(answer: LoadAnswer, shown: LoadAnswer | None) -> bool:
    return shown is None or (answer.probability or 0.0) > (shown.probability or 0.0)
