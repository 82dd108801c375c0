import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.rivals.calls import Answer
from benchmarks.rivals.errors import NotInstalledError
from benchmarks.rivals.field import rivals
from benchmarks.rivals.rival import json_row, judge


def test_every_value_survives_json() -> None:
    row = np.array([0.1, np.nan, 1e-20], dtype=np.float32)
    sent = json.loads(json_row("features", nested=False)(row))["features"]
    assert np.array_equal(np.array(sent, dtype=np.float32), row, equal_nan=True)
    assert json.loads(json_row("inputs", nested=True)(row))["inputs"] == [sent]


def test_an_answer_off_by_more_than_a_millionth_is_wrong() -> None:
    first = np.array([0.1, 0.5, 0.9], dtype=np.float32)
    answers = [Answer(0, 0, b"0.5"), Answer(1, 0, b"0.900002"), Answer(1, 1001, b"")]
    checked = judge(first, first * np.float32(0.9), float, 1, answers)
    assert (checked.wrong, checked.second) == (1, 0)


def test_the_other_model_is_told_by_its_answers() -> None:
    first = np.array([0.1, 0.5], dtype=np.float32)
    answers = [Answer(0, 0, b"0.09"), Answer(1, 0, b"0.5")]
    checked = judge(first, first * np.float32(0.9), float, 0, answers)
    assert (checked.wrong, checked.second) == (0, 1)


@pytest.mark.parametrize("body", [b"", b"null", b"nan", b"{}"])
def test_what_is_no_probability_is_wrong(body: bytes) -> None:
    right = np.array([0.5], dtype=np.float32)

    def read(answer: bytes) -> float:
        return float(json.loads(answer)["probability"])

    assert judge(right, right, read, 0, [Answer(0, 0, body)]).wrong == 1


def test_an_absent_rival_says_how_to_get_it(tmp_path: Path) -> None:
    for rival in rivals(tmp_path):
        with pytest.raises(NotInstalledError, match="tools/setup-rivals"):
            rival.versions()
