import grpc
import pytest

from fraud.client import ScorerClient
from fraud.v1.label_pb2 import FRAUD_KIND_STOLEN_CARD, Label
from tests.integration.scorer.support import field_violations
from tests.unit.scorer.support import BEGIN_SECONDS, payment


def label(transaction_id: str, **fields: object) -> Label:
    found = Label(
        transaction_id=transaction_id, fraud=True, kind=FRAUD_KIND_STOLEN_CARD, source="bank"
    )
    found.happened_at.seconds = BEGIN_SECONDS
    found.known_at.seconds = BEGIN_SECONDS + 60
    for name, value in fields.items():
        setattr(found, name, value)
    return found


def test_labels_are_taken_counted_and_unknown_ids_returned(client: ScorerClient) -> None:
    client.score(payment("t1"))
    answer = client.report([label("t1"), label("t9")])
    assert (answer.accepted, answer.duplicates) == (2, 0)
    assert list(answer.unknown_transaction_ids) == ["t9"]
    again = client.report([label("t1")])
    assert (again.accepted, again.duplicates) == (0, 1)


def test_more_labels_than_one_call_takes_are_split(client: ScorerClient) -> None:
    answer = client.report([label(f"t{number}") for number in range(450)])
    assert answer.accepted == 450
    assert len(answer.unknown_transaction_ids) == 450


def test_a_bad_label_is_named_and_none_is_taken(client: ScorerClient) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        client.report([label("t1"), label("t2", source="")])
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert list(field_violations(caught.value)) == ["labels[1].source"]
    assert client.report([label("t1")]).accepted == 1
