import numpy as np
import pytest

from fraud.v1.scoring_pb2 import DECISION_APPROVE, VARIANT_CHAMPION, VARIANT_UNSPECIFIED
from scorer.errors import ModelError
from scorer.judge import Judge
from scorer.model.session import ModelSession, Rows
from scorer.rules import RuleSet
from tests.unit.scorer.conftest import Parts
from tests.unit.scorer.support import CONTRACT, WIDTH

ROW: Rows = np.zeros((1, WIDTH), np.float32)


def test_the_model_judges_where_there_is_one(parts: Parts) -> None:
    judgement = Judge(parts.models, RuleSet(CONTRACT)).judge("account-1", ROW)
    assert (judgement.variant, judgement.degraded) == (VARIANT_CHAMPION, False)
    assert (judgement.decision, judgement.reasons) == (DECISION_APPROVE, [])


def test_rules_judge_when_the_model_fails(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> float:
        raise ModelError("out of memory")

    monkeypatch.setattr(ModelSession, "probability", fail)
    judgement = Judge(parts.models, RuleSet(CONTRACT)).judge("account-1", ROW)
    assert (judgement.variant, judgement.degraded) == (VARIANT_UNSPECIFIED, True)
    with pytest.raises(ModelError, match="out of memory"):
        Judge(parts.models, None).judge("account-1", ROW)
