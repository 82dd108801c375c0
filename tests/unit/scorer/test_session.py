import numpy as np
import pytest

from scorer.errors import BundleError, ModelError
from scorer.model.session import ModelSession
from tests.unit.scorer.support import WIDTH, golden_rows, logistic_model


@pytest.mark.parametrize("columns", [1, 2])
def test_one_row_alone_gives_what_it_gives_among_many(columns: int) -> None:
    session = ModelSession(logistic_model({"amount": 0.5}, columns=columns))
    rows = golden_rows()
    many = session.probabilities(rows)
    assert many.shape == (len(rows),)
    assert [session.probability(row[np.newaxis]) for row in rows] == pytest.approx(many, abs=1e-7)


def test_bytes_that_are_no_model_are_refused() -> None:
    with pytest.raises(BundleError, match="cannot be loaded"):
        ModelSession(b"not a model")


def test_another_signature_is_refused() -> None:
    model = logistic_model({}).replace(b"probability", b"probabilitx")
    with pytest.raises(BundleError, match="probability"):
        ModelSession(model)


def test_a_row_of_another_width_is_an_error() -> None:
    with pytest.raises(ModelError, match="failed"):
        ModelSession(logistic_model({})).probability(np.zeros((1, WIDTH + 1), np.float32))
