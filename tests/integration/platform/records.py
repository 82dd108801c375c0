"""What PostgreSQL holds, compared with what was answered."""

import time
from collections import Counter

import psycopg

from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import ScoreResponse


def await_recorded(dsn: str, answers: dict[str, ScoreResponse], seconds: float = 30.0) -> None:
    """Wait until every answered payment is there, then compare each; extra rows are fine.

    A decision whose answer was lost on the way is durable too, so there may be more rows than
    answers, but never two of one payment.
    """
    deadline = time.monotonic() + seconds
    while not answers.keys() <= (recorded := _recorded(dsn)).keys():
        assert time.monotonic() < deadline, f"{len(answers.keys() - recorded.keys())} are missing"
        time.sleep(0.2)
    for name, answer in answers.items():
        assert _what_was_said(recorded[name].response) == _what_was_said(answer)


def _recorded(dsn: str) -> dict[str, Prediction]:
    with psycopg.connect(dsn) as connection:
        # A recorder that was killed early enough has not made its tables yet.
        if connection.execute("SELECT to_regclass('predictions')").fetchone() == (None,):
            return {}
        rows = connection.execute("SELECT transaction_id, prediction FROM predictions").fetchall()
    assert [name for name, rows in Counter(name for name, _ in rows).items() if rows > 1] == []
    return {name: Prediction.FromString(payload) for name, payload in rows}


def _what_was_said(response: ScoreResponse) -> ScoreResponse:
    """The answer without what differs when it is repeated."""
    said = ScoreResponse()
    said.CopyFrom(response)
    said.ClearField("server_timing")
    said.flags.duplicate = False
    return said
