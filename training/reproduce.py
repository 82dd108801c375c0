"""Runs a run again, from what the registry remembers of it, and says what came out otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from features_rs import contract
from fraud.settings import RegistrySettings
from training.environment import Environment
from training.errors import ReproductionError
from training.progress import Progress, silent
from training.registry.commit import commit_sha
from training.registry.record import SOURCE_TAG, metrics_of
from training.registry.runs import RecordedRun
from training.report import TrainingReport
from training.run import learn
from training.source import TrainingSource

TOLERANCE: Final = 1e-6
"""By which a metric may differ."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was otherwise.

    Args:
        name: Such as ``dataset_id`` or ``metric average_precision``.
        recorded: In the run.
        now: In its reproduction.
    """

    name: str
    recorded: str
    now: str

    def __str__(self) -> str:
        return f"{self.name}: was {self.recorded}, is {self.now}"


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What came of running a run again.

    Args:
        run_id: The run.
        metrics: How many figures were compared; 0 where it was not run again, because it would
            have learned from other data.
        differences: Of data, metrics and model; none where the run was reproduced.
        circumstances: Of commit, lock and libraries. They need not matter: if nothing else
            differs, they did not.
    """

    run_id: str
    metrics: int
    differences: tuple[Difference, ...]
    circumstances: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether the same model with the same figures came out."""
        return not self.differences


def reproduce(
    settings: RegistrySettings,
    run_id: str,
    folder: Path | None = None,
    progress: Progress = silent,
) -> Reproduction:
    """Run a run again, without registering anything, and compare.

    Args:
        settings: The registry that remembers it.
        run_id: Which run.
        folder: Its data, a history or a built data set; unset, where the run had it from.
        progress: Told of steps.

    Raises:
        RegistrationError: There is no such run, or the registry cannot be asked.
        ReproductionError: It does not tell enough, or its data is not where it was.
        DatasetError: The folder is damaged.
    """
    run = RecordedRun.read(settings, run_id)
    circumstances = tuple(_circumstances(run, Environment.of_this_process()))
    # Rows of another contract are other rows, whatever was paid.
    if other := tuple(_differing(run.tags, {"contract_digest": contract().digest})):
        return Reproduction(run_id, 0, other, circumstances)
    # What a search found is in the configuration: it is not looked for again.
    config = run.config.model_copy(update={"search_trials": 0})
    source = TrainingSource.read(config, _folder_of(run, folder), progress)
    if other := tuple(_differing(run.tags, {"dataset_id": source.id})):
        return Reproduction(run_id, 0, other, circumstances)
    with TemporaryDirectory() as scratch:
        report = learn(config, source, Path(scratch), progress)
    differences = tuple(_outcome(run, report))
    return Reproduction(run_id, len(metrics_of(report)), differences, circumstances)


def _folder_of(run: RecordedRun, folder: Path | None) -> Path:
    found = folder or Path(run.tags.get(SOURCE_TAG, ""))
    if not found.is_dir() or found == Path():
        raise ReproductionError(
            f"the data of run `{run.run_id}` is not in `{found}`: "
            f"give its folder by `--dataset`, its id is {run.tags['dataset_id']}"
        )
    return found


def _circumstances(run: RecordedRun, environment: Environment) -> Iterator[Difference]:
    now = {"commit": commit_sha(), "lock_sha256": environment.lock_sha256}
    yield from _differing(run.tags, now)
    yield from _differing(run.versions, environment.versions)


def _outcome(run: RecordedRun, report: TrainingReport) -> Iterator[Difference]:
    for name, value in metrics_of(report).items():
        was = run.metrics.get(name)
        # Written so that a NaN anywhere differs.
        if was is None or not abs(was - value) <= TOLERANCE:
            yield Difference(f"metric {name}", str(was), str(value))
    yield from _differing(run.tags, {"model_sha256": report.bundle.manifest.model_sha256})


def _differing(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    for name, value in now.items():
        if recorded.get(name) != value:
            yield Difference(name, str(recorded.get(name, "not recorded")), str(value))
