"""Turns a feature row into a decision with its reasons: by model, or by rules when none can."""

from dataclasses import dataclass

import structlog

from fraud.v1.scoring_pb2 import (
    DECISION_APPROVE,
    VARIANT_UNSPECIFIED,
    Decision,
    Flags,
    Reason,
    ScoreResponse,
    Variant,
)
from scorer.decision import DecisionPolicy, risk_score
from scorer.errors import ModelError, NotServingError
from scorer.model.holder import ModelHolder
from scorer.model.reasons import WeighedReason
from scorer.model.serving import ServingModel
from scorer.model.session import Rows
from scorer.rules import POLICY, VERSION, RuleSet

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision and all that it rests on.

    Args:
        decision: Approve, review or decline.
        probability: Of fraud, 0 to 1.
        reasons: Weightiest first; empty for an approved payment.
        policy: The thresholds that were applied.
        model_version: The registry's, or that of the rules.
        model_digest: SHA-256 of the model file; empty for the rules.
        variant: Which of the models in service decided.
        degraded: Whether the rules decided.
    """

    decision: Decision.ValueType
    probability: float
    reasons: list[WeighedReason]
    policy: DecisionPolicy
    model_version: str
    model_digest: str
    variant: Variant.ValueType
    degraded: bool

    def to_response(
        self, transaction_id: str, contract_digest: str, *, late: bool
    ) -> ScoreResponse:
        """The answer to a payment.

        Args:
            transaction_id: Of the payment.
            contract_digest: Of the features that were judged.
            late: Whether the payment came later than the lateness bound.
        """
        return ScoreResponse(
            transaction_id=transaction_id,
            decision=self.decision,
            probability=self.probability,
            risk_score=risk_score(self.probability),
            reasons=[Reason(code=each.code, weight=each.weight) for each in self.reasons],
            model_version=self.model_version,
            variant=self.variant,
            contract_digest=contract_digest,
            flags=Flags(degraded=self.degraded, late=late),
        )


class Judge:
    """Judges feature rows.

    Args:
        models: The models in service.
        rules: Stand in when no model can score; None makes that an error.
    """

    def __init__(self, models: ModelHolder, rules: RuleSet | None) -> None:
        self._models = models
        self._rules = rules

    @property
    def is_ready(self) -> bool:
        """Whether a row can be judged."""
        return self._models.current is not None or self._rules is not None

    def require_ready(self) -> None:
        """Raise unless a row can be judged.

        Raises:
            NotServingError: There is neither a model nor rules.
        """
        if self._models.current is None:
            self._require_rules()

    def judge(self, account_id: str, row: Rows) -> Judgement:
        """Decide a payment of ``account_id``.

        Args:
            account_id: Chooses between champion and challenger.
            row: float32 [1, features].

        Raises:
            ModelError: The model failed and there are no rules.
            NotServingError: There is neither a model nor rules.
        """
        models = self._models.current
        if models is None:
            return judge_by_rules(self._require_rules(), row)
        model = models.choose(account_id, self._models.challenger_percent)
        try:
            return judge_by_model(model, row)
        except ModelError:
            log.exception("model.run_failed", version=model.version.version)
            if self._rules is None:
                raise
            return judge_by_rules(self._rules, row)

    def _require_rules(self) -> RuleSet:
        if self._rules is None:
            raise NotServingError("no model is loaded: see the log, then reload the model")
        return self._rules


def judge_by_rules(rules: RuleSet, row: Rows) -> Judgement:
    """Decide by rules alone.

    Args:
        rules: Of the contract of ``row``.
        row: float32 [1, features].
    """
    probability, reasons = rules.score(row)
    return Judgement(
        decision=POLICY.decide(probability),
        probability=probability,
        reasons=reasons,
        policy=POLICY,
        model_version=VERSION,
        model_digest="",
        variant=VARIANT_UNSPECIFIED,
        degraded=True,
    )


def judge_by_model(model: ServingModel, row: Rows) -> Judgement:
    """Decide by a model; the same row and model give the same bits.

    Args:
        model: Of the contract of ``row``.
        row: float32 [1, features].

    Raises:
        ModelError: The model failed.
    """
    probability = model.session.probability(row)
    decision = model.policy.decide(probability)
    approved = decision == DECISION_APPROVE
    return Judgement(
        decision=decision,
        probability=probability,
        reasons=[] if approved else model.explainer.explain(row, probability),
        policy=model.policy,
        model_version=model.version.version,
        model_digest=model.model_digest,
        variant=model.variant,
        degraded=False,
    )
