"""Which checkpoints go on, which are refused, and what they say of offsets."""

import json
from pathlib import Path

import pytest

from features_rs import contract
from spark_stream.checkpoint import LAYOUT, claim, committed_offsets, exclusive
from spark_stream.errors import CheckpointInUseError, CheckpointMismatchError


def test_a_checkpoint_goes_on_with_the_version_that_made_it(tmp_path: Path) -> None:
    claim(tmp_path / "features")
    claim(tmp_path / "features")
    noted = json.loads((tmp_path / "features" / "contract.json").read_text())
    assert noted == {"contract_digest": contract().digest, "layout": LAYOUT}


@pytest.mark.parametrize(
    ("changed", "shown"),
    [({"contract_digest": "0" * 32}, "contract_digest is 0000"), ({"layout": 99}, "layout is 99")],
)
def test_a_checkpoint_of_another_version_is_refused(
    tmp_path: Path, changed: dict[str, object], shown: str
) -> None:
    noted = {"contract_digest": contract().digest, "layout": LAYOUT, **changed}
    (tmp_path / "contract.json").write_text(json.dumps(noted))
    with pytest.raises(CheckpointMismatchError, match=shown) as caught:
        claim(tmp_path)
    assert contract().digest in str(caught.value) or str(LAYOUT) in str(caught.value)
    assert "FRAUD_SPARK__CHECKPOINT" in str(caught.value)


def test_offsets_are_those_of_the_newest_committed_batch(tmp_path: Path) -> None:
    (tmp_path / "offsets").mkdir()
    (tmp_path / "commits").mkdir()
    for batch, offset in ((9, 90), (10, 100), (11, 110)):
        offsets = json.dumps({"raw_transactions": {"0": offset, "1": 7}})
        (tmp_path / "offsets" / str(batch)).write_text(f"v1\n{{}}\n{offsets}")
        (tmp_path / "offsets" / f".{batch}.crc").write_bytes(b"x")
    for batch in (9, 10):
        (tmp_path / "commits" / str(batch)).write_text("v1\n{}")
        (tmp_path / "commits" / f".{batch}.crc").write_bytes(b"x")
    assert committed_offsets(tmp_path) == {"raw_transactions": {0: 100, 1: 7}}


def test_there_are_no_offsets_before_the_first_commit(tmp_path: Path) -> None:
    assert committed_offsets(tmp_path) == {}


def test_one_job_at_a_time_works_on_a_folder(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path),
        pytest.raises(CheckpointInUseError, match="FRAUD_SPARK__CHECKPOINT"),
        exclusive(tmp_path),
    ):
        pytest.fail("both went on")
    with exclusive(tmp_path):
        assert (tmp_path / "lock").is_file()
