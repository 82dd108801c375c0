"""What the gate needs of the registry: the models it judges, and a place for its report."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from fraud.settings import RegistrySettings
from scorer.model.bundle import ModelBundle
from scorer.model.registry import RegistrySource
from scorer.model.source import CHAMPION
from training.gates.report import GateReport
from training.registry.admission import GATE, GATE_DATASET, GATE_REPORT, PASSED, REFUSED
from training.registry.aliases import REPLACED
from training.registry.client import mlflow_client
from training.registry.server import RegistryServer
from training.registry.versions import Version, find_version


@dataclass(frozen=True, slots=True)
class Contest:
    """A candidate, and what it is to be better than.

    Args:
        candidate: The version that is judged.
        champion: What serves now; None where nothing does. Where the candidate serves already,
            what it took over from.
    """

    candidate: Version
    champion: str | None

    @classmethod
    def of(cls, server: RegistryServer, number_or_alias: str) -> Self:
        """As the aliases stand.

        Raises:
            RegistrationError: There is no such version, or the registry cannot be asked.
        """
        found = find_version(server, number_or_alias)
        champion = server.aliases().get(CHAMPION)
        return cls(found, found.tags.get(REPLACED) if champion == found.number else champion)


def fetch_version(settings: RegistrySettings, number: str) -> ModelBundle:
    """The bundle of a version.

    Raises:
        ModelNotFoundError: There is no such version.
        RegistryError: The registry cannot be asked.
        BundleError: The version's files are damaged or missing.
    """
    source = RegistrySource(settings)
    with TemporaryDirectory() as name:
        source.fetch(source.find_version(number), Path(name))
        return ModelBundle.read(Path(name))


def keep_report(
    settings: RegistrySettings, server: RegistryServer, version: Version, report: GateReport
) -> None:
    """Store a report with its version; the tag that opens the way comes last.

    Raises:
        RegistrationError: The registry cannot be reached, or refuses.
    """
    with mlflow_client(settings, f"keep the gate's report of version {version.number}") as client:
        client.log_text(version.run_id, report.model_dump_json(indent=2), GATE_REPORT)
    server.set_version_tag(version.number, GATE_DATASET, report.dataset_id)
    server.set_version_tag(version.number, GATE, PASSED if report.passed else REFUSED)
