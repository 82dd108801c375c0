"""What docstrings show is so; no other run of the tests looks into `benchmarks/`."""

import doctest
from types import ModuleType

import pytest

from benchmarks.detection import hidden, scenarios, scores, split


@pytest.mark.parametrize("module", [hidden, scenarios, scores, split])
def test_examples_are_true(module: ModuleType) -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted
    assert not outcome.failed
