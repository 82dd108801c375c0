from pathlib import Path

import pytest

from fraud.settings import DecisionSettings
from scorer.errors import (
    BundleError,
    ContractMismatchError,
    GoldenRowsError,
    ModelError,
    ModelNotFoundError,
    ModelRefusedError,
)
from scorer.model.cache import ModelCache
from scorer.model.files import MANIFEST_FILE, MODEL_FILE
from scorer.model.holder import ModelHolder
from scorer.model.serving import bucket_of
from scorer.model.source import DirectorySource, ModelVersion, Standing
from tests.unit.scorer.support import (
    CONTRACT,
    amount_bundle,
    bundle_of,
    logistic_model,
    write_champion,
)


def holder_of(tmp_path: Path, settings: DecisionSettings | None = None) -> ModelHolder:
    source = DirectorySource(tmp_path / "bundles", "fraud")
    cache = ModelCache(tmp_path / "cache")
    return ModelHolder(source, cache, CONTRACT, settings or DecisionSettings())


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    write_champion(tmp_path / "bundles", amount_bundle())
    return tmp_path / "bundles"


def truncate_model(folder: Path) -> None:
    path = folder / MODEL_FILE
    path.write_bytes(path.read_bytes()[:-10])


def change_digest(folder: Path) -> None:
    path = folder / MANIFEST_FILE
    path.write_text(path.read_text().replace(CONTRACT.digest, "f" * 32))


def change_golden(folder: Path) -> None:
    bundle_of(logistic_model({"amount": 9.0}), probabilities=[0.123] * 8).write(folder)


def test_a_new_version_takes_over_and_an_old_one_changes_nothing(
    tmp_path: Path, bundles: Path
) -> None:
    holder = holder_of(tmp_path)
    holder.load()
    first = holder.current
    assert holder.reload() is False
    assert holder.current is first
    write_champion(bundles, amount_bundle(bias=-4.0))
    assert holder.reload() is True
    assert first is not None
    assert holder.current is not None
    assert holder.current.champion.version != first.champion.version


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (truncate_model, BundleError),
        (change_digest, ContractMismatchError),
        (change_golden, GoldenRowsError),
    ],
)
def test_a_bad_version_is_refused_and_the_old_one_stays(
    tmp_path: Path, bundles: Path, spoil: type, cause: type[ModelError]
) -> None:
    holder = holder_of(tmp_path)
    holder.load()
    before = holder.current
    spoil(bundles / "champion")
    with pytest.raises(ModelRefusedError, match="champion version") as caught:
        holder.reload()
    assert isinstance(caught.value.__cause__, cause)
    assert holder.current is before
    assert holder_after_restart_without_source(tmp_path) == before_version(before)


def before_version(models: object) -> str:
    return str(models.champion.version.version)  # type: ignore[attr-defined]


def holder_after_restart_without_source(tmp_path: Path) -> str:
    """The version that a scorer would start with when its source is away."""
    cache = ModelCache(tmp_path / "cache")
    away = DirectorySource(tmp_path / "nowhere", "fraud")
    holder = ModelHolder(away, cache, CONTRACT, DecisionSettings())
    holder.load()
    assert holder.current is not None
    return holder.current.champion.version.version


def test_a_bad_challenger_keeps_the_champion_that_came_with_it_out(
    tmp_path: Path, bundles: Path
) -> None:
    holder = holder_of(tmp_path)
    holder.load()
    before = holder.current
    write_champion(bundles, amount_bundle(bias=-4.0))
    amount_bundle().write(bundles / "challenger")
    truncate_model(bundles / "challenger")
    with pytest.raises(ModelRefusedError, match="challenger version"):
        holder.reload()
    assert holder.current is before


class TellingSource(DirectorySource):
    """A folder that tells its aliases, as a registry does, and notes what it is asked for."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, "fraud")
        self.asked: list[str] = []

    def standing(self) -> Standing:
        found = self.aliases().items()
        return Standing(aliases=tuple((alias, version.version) for alias, version in found))

    def find(self, alias: str) -> ModelVersion:
        self.asked.append(alias)
        return super().find(alias)


def test_a_source_is_not_asked_for_a_challenger_that_it_does_not_name(
    tmp_path: Path, bundles: Path
) -> None:
    source = TellingSource(bundles)
    holder = ModelHolder(source, ModelCache(tmp_path / "cache"), CONTRACT, DecisionSettings())
    source.asked.clear()
    holder.follow()
    assert "challenger" not in source.asked
    amount_bundle(bias=-6.0).write(bundles / "challenger")
    assert holder.follow() is True
    assert holder.current is not None
    assert holder.current.challenger is not None


def test_without_source_and_cache_there_is_no_model(tmp_path: Path) -> None:
    holder = holder_of(tmp_path)
    with pytest.raises(ModelNotFoundError):
        holder.load()
    assert holder.current is None


def test_a_damaged_cache_is_fetched_again(tmp_path: Path, bundles: Path) -> None:
    holder_of(tmp_path).load()
    [cached] = [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]
    truncate_model(cached)
    holder = holder_of(tmp_path)
    holder.load()
    assert holder.current is not None
    holder_after_restart_without_source(tmp_path)


def test_only_versions_that_serve_stay_in_the_cache(tmp_path: Path, bundles: Path) -> None:
    holder = holder_of(tmp_path)
    holder.load()
    write_champion(bundles, amount_bundle(bias=-4.0))
    holder.reload()
    assert len([path for path in (tmp_path / "cache").iterdir() if path.is_dir()]) == 1


def test_the_challenger_gets_its_share_and_keeps_it_as_the_share_grows(
    tmp_path: Path, bundles: Path
) -> None:
    amount_bundle(bias=-4.0).write(bundles / "challenger")
    holder = holder_of(tmp_path)
    holder.load()
    models = holder.current
    assert models is not None
    accounts = [f"account-{number}" for number in range(2000)]

    def chosen(percent: int) -> set[str]:
        return {a for a in accounts if models.choose(a, percent) is models.challenger}

    assert chosen(0) == set()
    assert chosen(10) < chosen(30) < chosen(100) == set(accounts)
    assert 0.07 < len(chosen(10)) / len(accounts) < 0.13


def test_buckets_are_the_same_for_ever() -> None:
    names, challenger = ("a", "b", "account-1"), ModelVersion("fraud", "7", "run")
    assert [bucket_of(name, challenger) for name in names] == [44, 84, 41]


def test_the_next_challenger_is_tried_on_accounts_drawn_anew() -> None:
    accounts = [f"account-{number}" for number in range(5000)]
    first, second = (
        {name for name in accounts if bucket_of(name, ModelVersion("fraud", number)) < 20}
        for number in ("7", "8")
    )
    # Independent draws of a fifth share a fifth of it.
    assert 0.15 < len(first & second) / len(first) < 0.25


def test_settings_override_the_models_thresholds(tmp_path: Path, bundles: Path) -> None:
    holder = holder_of(tmp_path, DecisionSettings(review_threshold=0.125))
    holder.load()
    assert holder.current is not None
    policy = holder.current.champion.policy
    assert (policy.review_threshold, policy.decline_threshold) == (0.125, 0.98)
