import json
from pathlib import Path

import numpy as np
import pytest

from scorer.errors import BundleError, ContractMismatchError, GoldenRowsError
from scorer.model.bundle import ModelBundle
from scorer.model.files import FILES, GOLDEN_FILE, MANIFEST_FILE, MODEL_FILE, TREES_FILE
from scorer.model.session import ModelSession
from scorer.model.verify import verify_golden_rows
from tests.unit.scorer.support import CONTRACT, amount_bundle, bundle_of, logistic_model


def test_written_and_read_is_the_same(tmp_path: Path) -> None:
    bundle = amount_bundle()
    bundle.write(tmp_path)
    found = ModelBundle.read(tmp_path)
    assert (found.model, found.manifest) == (bundle.model, bundle.manifest)
    np.testing.assert_array_equal(found.golden_rows, bundle.golden_rows)
    np.testing.assert_array_equal(found.golden_probabilities, bundle.golden_probabilities)
    found.verify_contract(CONTRACT)
    verify_golden_rows(found, ModelSession(found.model))


def with_trees(trees: bytes) -> ModelBundle:
    plain = amount_bundle()
    return ModelBundle.create(
        model=plain.model,
        contract=CONTRACT,
        review_threshold=0.5,
        decline_threshold=0.9,
        reference=plain.reference.tolist(),
        golden_rows=plain.golden_rows,
        golden_probabilities=plain.golden_probabilities,
        trees=trees,
    )


def test_trees_go_with_a_bundle_that_has_them(tmp_path: Path) -> None:
    with_trees(b"trees").write(tmp_path / "with")
    assert ModelBundle.read(tmp_path / "with").trees == b"trees"
    amount_bundle().write(tmp_path / "without")
    assert ModelBundle.read(tmp_path / "without").trees is None
    assert not (tmp_path / "without" / TREES_FILE).exists()


@pytest.mark.parametrize("damage", [b"other trees", None])
def test_trees_that_are_not_those_described_are_refused(
    tmp_path: Path, damage: bytes | None
) -> None:
    with_trees(b"trees").write(tmp_path)
    (tmp_path / TREES_FILE).unlink()
    if damage is not None:
        (tmp_path / TREES_FILE).write_bytes(damage)
    with pytest.raises(BundleError, match=TREES_FILE):
        ModelBundle.read(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    amount_bundle().write(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(BundleError, match=name):
        ModelBundle.read(tmp_path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"null", b"[]"])
def test_a_damaged_file_is_refused(tmp_path: Path, name: str, damage: bytes) -> None:
    amount_bundle().write(tmp_path)
    (tmp_path / name).write_bytes(damage)
    with pytest.raises(BundleError):
        ModelBundle.read(tmp_path)


def test_a_replaced_model_is_refused_with_both_digests(tmp_path: Path) -> None:
    bundle = amount_bundle()
    bundle.write(tmp_path)
    (tmp_path / MODEL_FILE).write_bytes(logistic_model({"amount": 0.2}))
    with pytest.raises(BundleError, match=bundle.manifest.model_sha256):
        ModelBundle.read(tmp_path)


def test_another_contract_is_refused_with_both_digests(tmp_path: Path) -> None:
    amount_bundle().write(tmp_path)
    path = tmp_path / MANIFEST_FILE
    path.write_text(path.read_text().replace(CONTRACT.digest, "0" * 32))
    with pytest.raises(ContractMismatchError, match=f"{'0' * 32}.*{CONTRACT.digest}"):
        ModelBundle.read(tmp_path).verify_contract(CONTRACT)


def test_golden_rows_of_another_width_are_refused(tmp_path: Path) -> None:
    amount_bundle().write(tmp_path)
    (tmp_path / GOLDEN_FILE).write_text(json.dumps({"rows": [[1.0]], "probabilities": [0.5]}))
    with pytest.raises(BundleError, match="golden rows"):
        ModelBundle.read(tmp_path)


@pytest.mark.parametrize("wrong", [0.5, float("nan")])
def test_golden_rows_that_differ_are_refused(wrong: float) -> None:
    bundle = bundle_of(logistic_model({"amount": 0.1}), probabilities=[wrong] * 8)
    with pytest.raises(GoldenRowsError, match="golden row"):
        verify_golden_rows(bundle, ModelSession(bundle.model))
