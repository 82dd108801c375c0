import grpc
import pytest

from fraud.client import ScorerClient
from fraud.v1.scoring_pb2 import (
    DECISION_APPROVE,
    DECISION_DECLINE,
    DECISION_REVIEW,
    VARIANT_CHAMPION,
)
from scorer.service import ScorerService
from tests.integration.scorer.support import field_violations
from tests.unit.scorer.support import CONTRACT, payment


def test_payments_are_decided_with_reasons(client: ScorerClient) -> None:
    answers = [
        client.score(payment(f"t{amount}", amount_minor=amount)) for amount in (1000, 6000, 20000)
    ]
    assert [answer.decision for answer in answers] == [
        DECISION_APPROVE,
        DECISION_REVIEW,
        DECISION_DECLINE,
    ]
    assert [len(answer.reasons) for answer in answers] == [0, 1, 1]
    assert [answer.risk_score for answer in answers] == [17, 731, 999]
    assert {answer.variant for answer in answers} == {VARIANT_CHAMPION}
    assert {answer.contract_digest for answer in answers} == {CONTRACT.digest}


def test_a_repeated_call_gets_the_first_answer(client: ScorerClient) -> None:
    first, again = (client.score(payment("t1", amount_minor=6000)) for _ in range(2))
    assert (first.flags.duplicate, again.flags.duplicate) == (False, True)
    assert (first.probability, first.decision) == (again.probability, again.decision)
    assert list(first.reasons) == list(again.reasons)


def test_another_payload_under_the_same_id_already_exists(client: ScorerClient) -> None:
    client.score(payment("t1"))
    with pytest.raises(grpc.RpcError, match="t1") as caught:
        client.score(payment("t1", amount_minor=1))
    assert caught.value.code() is grpc.StatusCode.ALREADY_EXISTS


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("transaction_id", "a b", "`a b` does not match"),
        ("account_id", "", "must be at least 1 bytes"),
        ("merchant_id", "x" * 65, "must be at most 64 bytes"),
        ("category", "é", "does not match"),
        ("amount_minor", -5, "`-5` must be greater than or equal to 0"),
        ("currency", "eur", "`eur` does not match"),
        ("currency", "XYZ", "`XYZ` is not a currency of the contract's rate table"),
        ("channel", 77, "`77` value must be one of"),
        ("country", "D", "`D` does not match"),
        ("ip_prefix", "10.0.0.1/8", "`10.0.0.1/8` must be a valid IP prefix"),
        ("utc_offset_minutes", 900, "`900` must be"),
    ],
)
def test_a_bad_field_is_named_with_its_value_and_rule(
    client: ScorerClient, service: ScorerService, field: str, value: object, shown: str
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        client.score(payment("t1", **{field: value}))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    found = field_violations(caught.value)
    assert list(found) == [f"transaction.{field}"]
    assert shown in found[f"transaction.{field}"]
    assert service.state.newest_event_us == 0


def test_a_stream_answers_in_order_and_goes_on_after_a_bad_request(client: ScorerClient) -> None:
    client.score(payment("t3"))
    sent = [payment("t0"), payment("t 1"), payment("t2"), payment("t3", amount_minor=7)]
    answers = list(client.score_many([*sent, payment("t4")]))
    assert [answer.WhichOneof("outcome") for answer in answers] == [
        "response",
        "error",
        "response",
        "error",
        "response",
    ]
    assert [answers[at].response.transaction_id for at in (0, 2, 4)] == ["t0", "t2", "t4"]
    bad, conflicting = answers[1].error, answers[3].error
    assert (bad.code, bad.transaction_id) == (grpc.StatusCode.INVALID_ARGUMENT.value[0], "t 1")
    assert [each.field for each in bad.fields] == ["transaction.transaction_id"]
    assert conflicting.code == grpc.StatusCode.ALREADY_EXISTS.value[0]


def test_a_long_stream_keeps_its_order(client: ScorerClient) -> None:
    sent = [payment(f"t{number}", seconds=number) for number in range(300)]
    answers = list(client.score_many(sent))
    assert [answer.response.transaction_id for answer in answers] == [
        transaction.transaction_id for transaction in sent
    ]
