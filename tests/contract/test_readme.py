"""The calls that the README shows are valid, and run."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format

from fraud.v1.scoring_pb2 import DECISION_DECLINE, Reason, ScoreRequest, ScoreResponse
from scorer.validation import validate

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
ADDRESS = "127.0.0.1:50051"


def decline(request: ScoreRequest, _: grpc.ServicerContext) -> ScoreResponse:
    """Check a payment by the contract's rules and decline it."""
    validate(request)
    return ScoreResponse(
        transaction_id=request.transaction.transaction_id,
        decision=DECISION_DECLINE,
        risk_score=912,
        reasons=[Reason(code="UNUSUAL_DEVICE", weight=0.5)],
    )


@pytest.fixture
def address() -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(1))
    score = grpc.unary_unary_rpc_method_handler(
        decline, ScoreRequest.FromString, ScoreResponse.SerializeToString
    )
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("fraud.v1.ScoringService", {"Score": score})]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def test_python_example_runs(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert ADDRESS in example
    patient = example.replace(ADDRESS, address).replace("timeout=0.05", "timeout=10")
    exec(compile(patient, "README.md", "exec"), {})
    assert capsys.readouterr().out == "DECISION_DECLINE 912\nUNUSUAL_DEVICE 0.5\n"


def test_grpcurl_example_is_a_valid_request() -> None:
    (body,) = re.findall(r"grpcurl -plaintext -d '(.*?)' ", README, re.DOTALL)
    request = json_format.ParseDict(json.loads(body), ScoreRequest())
    validate(request)
    assert f"{ADDRESS} fraud.v1.ScoringService/Score" in README
