"""What cannot be recorded is set aside with the reason, and the stream goes on."""

import pytest

from scorer.recorder.recorder import Recorder
from scorer.sinks.outbox import Outbox, StoredLabel
from tests.integration.recorder.records import append, prediction, recorded_ids, select


def without(field: str) -> bytes:
    made = prediction("poison")
    made.ClearField(field)  # type: ignore[arg-type]
    return made.SerializeToString()


def with_account(account_id: str) -> bytes:
    made = prediction("poison")
    made.transaction.account_id = account_id
    return made.SerializeToString()


def with_seconds(seconds: int) -> bytes:
    made = prediction("poison")
    made.decided_at.seconds = seconds
    return made.SerializeToString()


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff\xff\xff", "not a fraud.v1.Prediction"),
        (b"", "the prediction has no transaction"),
        (without("response"), "the prediction has no response"),
        (without("decided_at"), "the prediction has no decided_at"),
        (with_account("a\0b"), "account_id: PostgreSQL keeps no text with a zero byte"),
        (with_seconds(10**15), "decided_at: "),
        (with_seconds(0), "is not between 2000 and 2100"),
        # Passes every check of ours; PostgreSQL itself refuses it.
        (with_account("".join(chr(0x4E00 + n % 20_000) for n in range(20_000))), "index row"),
    ],
    ids=["bytes", "empty", "response", "decided_at", "zero", "range", "early", "refused"],
)
def test_a_poison_prediction_is_set_aside(
    outbox: Outbox, recorder: Recorder, dsn: str, payload: bytes, reason: str
) -> None:
    append(outbox, "t1")
    outbox.append_prediction("poison", b"digest", payload)
    append(outbox, "t2")
    assert recorder.drain() == 3
    assert recorded_ids(dsn) == ["t1", "t2"]
    [(seq, kind, key, told, kept)] = select(
        dsn, "SELECT seq, kind, entry_key, reason, payload FROM rejected_entries"
    )
    assert (seq, kind, key, kept) == (2, "prediction", "poison", payload)
    assert reason in str(told)


def test_a_poison_label_is_set_aside(outbox: Outbox, recorder: Recorder, dsn: str) -> None:
    outbox.append_labels([StoredLabel("t1", b"\xff"), StoredLabel("t\0", b"")])
    append(outbox, "t1")
    assert recorder.drain() == 3
    assert recorded_ids(dsn) == ["t1"]
    rejected = select(dsn, "SELECT kind, entry_key, reason FROM rejected_entries ORDER BY seq")
    assert [row[:2] for row in rejected] == [("label", "t1"), ("label", "t\\0")]
    assert "not a fraud.v1.Label" in str(rejected[0][2])
    assert rejected[1][2] == "the label has no happened_at"
