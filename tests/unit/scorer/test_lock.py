from pathlib import Path

import pytest

from scorer.errors import StateInUseError
from scorer.lock import FolderLock


def test_a_second_scorer_is_kept_out_until_the_first_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "scorer" / "lock"
    first = FolderLock(path)
    with pytest.raises(StateInUseError, match="another scorer"):
        FolderLock(path)
    first.release()
    FolderLock(path).release()
