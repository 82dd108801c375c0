"""A change that would break a released client does not get past `make check`."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROTO = Path(__file__).resolve().parents[2] / "proto"
BUF = Path(sys.executable).with_name("buf")


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROTO, tmp_path / "proto"))


def _breaking(contracts: Path) -> subprocess.CompletedProcess[str]:
    command = [str(BUF), "breaking", str(contracts), "--against", str(PROTO / "baseline.binpb")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _replace(contracts: Path, file: str, old: str, new: str) -> None:
    path = contracts / "fraud" / "v1" / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_contracts_as_they_are_break_nothing(contracts: Path) -> None:
    found = _breaking(contracts)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("transaction.proto", "int64 amount_minor = 5", "uint64 amount_minor = 5", "amount_minor"),
        ("transaction.proto", "string account_id = 2", "string account_id = 20", "account_id"),
        ("scoring.proto", "uint32 risk_score = 4", "uint32 risk = 4", "risk_score"),
        ("scoring.proto", "  DECISION_DECLINE = 3;\n", "", 'value "3" on enum "Decision"'),
        ("label.proto", "rpc Report(", "rpc Tell(", "Report"),
    ],
)
def test_breaking_change_is_refused(
    contracts: Path, file: str, old: str, new: str, said: str
) -> None:
    _replace(contracts, file, old, new)
    found = _breaking(contracts)
    assert found.returncode != 0
    assert said in found.stdout


def test_added_field_is_accepted(contracts: Path) -> None:
    _replace(
        contracts, "scoring.proto", "  bool late = 3;\n", "  bool late = 3;\n  bool new = 4;\n"
    )
    found = _breaking(contracts)
    assert found.returncode == 0, found.stdout + found.stderr
