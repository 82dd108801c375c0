"""TreeSHAP: exact, and of the model that decided."""

import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import xgboost as xgb

from hindsight.errors import UnexplainableError
from hindsight.trees import TOLERANCE, Trees
from scorer.model.bundle import Calibration
from scorer.model.session import ModelSession
from tests.unit.hindsight.trees import CONTRACT, WIDTH, rows, tree_bundle
from tests.unit.scorer.support import amount_bundle

FEATURES = 4


def test_contributions_add_up_to_the_margin_and_the_margin_to_the_probability() -> None:
    bundle, found = tree_bundle(), rows(2_000, seed=11)
    explained = Trees(bundle).explain(found)
    assert explained.error.max() <= TOLERANCE
    served = ModelSession(bundle.model).probabilities(found)
    assert np.abs(1 / (1 + np.exp(-explained.margin)) - served).max() <= 1e-5
    assert explained.features.shape == (2_000, WIDTH)
    assert np.ptp(explained.base_value) == 0


def test_a_sum_that_is_off_is_seen() -> None:
    explained = Trees(tree_bundle()).explain(rows(5))
    explained.features[3, 0] += 2e-4
    assert (explained.error > TOLERANCE).tolist() == [False, False, False, True, False]


@pytest.mark.parametrize("number", range(6))
def test_contributions_are_shapley_values(number: int) -> None:
    """Against the definition: over all orders, what knowing a feature adds to the expectation."""
    rng = np.random.default_rng(number)
    data = rng.normal(size=(400, FEATURES)).astype(np.float32)
    data[rng.random(data.shape) < 0.1] = np.nan
    target = np.nan_to_num(data[:, 0]) * np.nan_to_num(data[:, 1]) + np.nan_to_num(data[:, 2]) > 0.3
    booster = xgb.train(
        {"objective": "binary:logistic", "max_depth": 3, "eta": 0.3, "base_score": 0.2},
        xgb.DMatrix(data, target),
        num_boost_round=8,
    )
    row = data[number]
    found = booster.predict(xgb.DMatrix(row[None]), pred_contribs=True)[0]
    table = booster.trees_to_dataframe()
    trees = [group.set_index("ID").to_dict("index") for _, group in table.groupby("Tree")]

    def expected(known: frozenset[int]) -> float:
        return sum(_expectation(tree, f"{each}-0", row, known) for each, tree in enumerate(trees))

    for feature in range(FEATURES):
        assert found[feature] == pytest.approx(_shapley(expected, feature), abs=1e-4)
    base = math.log(0.2 / 0.8)
    assert found[FEATURES] == pytest.approx(expected(frozenset()) + base, abs=1e-4)


def test_a_calibration_keeps_contributions_exact() -> None:
    plain, found = tree_bundle(), rows(300, seed=11)
    line = Calibration(slope=0.7, intercept=-1.5)
    manifest = plain.manifest.model_copy(update={"calibration": line})
    with pytest.raises(UnexplainableError, match="other probabilities"):
        Trees(replace(plain, manifest=manifest))
    before, odds = Trees(plain).explain(found), Trees(plain).explain(plain.golden_rows).margin
    golden = (1 / (1 + np.exp(1.5 - 0.7 * odds))).astype(np.float32)
    after = Trees(replace(plain, manifest=manifest, golden_probabilities=golden)).explain(found)
    assert after.error.max() <= TOLERANCE
    np.testing.assert_allclose(after.margin, 0.7 * before.margin - 1.5)
    np.testing.assert_allclose(after.features, 0.7 * before.features, rtol=1e-5, atol=1e-7)


def test_a_bundle_without_trees_says_what_it_is() -> None:
    with pytest.raises(UnexplainableError, match="random_forest"):
        Trees(tree_bundle(native=False))
    with pytest.raises(UnexplainableError, match="no XGBoost trees"):
        Trees(amount_bundle())


def test_what_is_no_trees_or_of_another_width_is_told() -> None:
    whole = tree_bundle()
    with pytest.raises(UnexplainableError, match="cannot read its trees"):
        Trees(replace(whole, trees=b"no trees"))
    with pytest.raises(UnexplainableError, match="other probabilities"):
        Trees(replace(whole, trees=tree_bundle(30).trees))
    narrow = whole.manifest.model_copy(update={"feature_names": tuple(CONTRACT.names[:3])})
    with pytest.raises(UnexplainableError, match=f"{WIDTH} features, the contract has 3"):
        Trees(replace(whole, manifest=narrow))


def _shapley(expected: Any, feature: int) -> float:
    others = [each for each in range(FEATURES) if each != feature]
    total = 0.0
    for size in range(FEATURES):
        weight = math.factorial(size) * math.factorial(FEATURES - size - 1)
        for chosen in combinations(others, size):
            known = frozenset(chosen)
            gained = expected(known | {feature}) - expected(known)
            total += weight / math.factorial(FEATURES) * gained
    return total


def _expectation(tree: Any, node_id: str, row: Any, known: frozenset[int]) -> float:
    """Of a tree's value when only some features are known: the others as the covers have them."""
    node = tree[node_id]
    if node["Feature"] == "Leaf":
        return float(node["Gain"])
    feature = int(node["Feature"][1:])
    if feature in known:
        value = row[feature]
        way = "Missing" if np.isnan(value) else "Yes" if value < node["Split"] else "No"
        return _expectation(tree, node[way], row, known)
    parts = [
        tree[node[way]]["Cover"] * _expectation(tree, node[way], row, known)
        for way in ("Yes", "No")
    ]
    return float(sum(parts) / node["Cover"])
