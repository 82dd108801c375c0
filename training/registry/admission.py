"""Whether the gate lets a version decide payments, as things stand now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from scorer.model.source import CHAMPION
from training.gates.report import GateReport
from training.registry.server import RegistryServer

GATE: Final = "gate"
"""Tag of a version: what the gate said of it."""
GATE_DATASET: Final = "gate_dataset"
"""Tag of a version: what it was judged on."""
PASSED: Final = "passed"
REFUSED: Final = "refused"
GATE_REPORT: Final = "gate/report.json"
MODEL_DIGEST: Final = "model_sha256"


@dataclass(frozen=True, slots=True)
class Admission:
    """What the gate said of a version, and whether that still holds.

    Args:
        report: As JSON; None where none is kept.
        refusal: Why it may not decide payments; empty if it may.
    """

    report: Any
    refusal: str


def admission_of(server: RegistryServer, version: Mapping[str, Any]) -> Admission:
    """Look at the tag, at the report behind it, and at what the report compares with.

    Args:
        server: The registry.
        version: As :meth:`RegistryServer.version` tells it.

    Raises:
        RegistrationError: The registry cannot be asked.
    """
    content = server.artifact(str(version["run_id"]), GATE_REPORT)
    try:
        report = None if content is None else GateReport.model_validate_json(content)
    except ValidationError:
        return Admission(None, f"`{GATE_REPORT}` of its run is damaged")
    return Admission(
        None if content is None else json.loads(content),
        _refusal_of_tag(version["tags"], report) or _refusal_of_report(server, version, report),
    )


def _refusal_of_tag(tags: Mapping[str, str], report: GateReport | None) -> str:
    found = tags.get(GATE, "not asked")
    if found == PASSED:
        return ""
    why = f" ({report.why_not()})" if report is not None and not report.passed else ""
    return f"its gate is `{found}`, expected `{PASSED}`{why}"


def _refusal_of_report(
    server: RegistryServer, version: Mapping[str, Any], report: GateReport | None
) -> str:
    """A tag is set by a word; what it stands for is in the report."""
    if report is None:
        return f"its gate is `{PASSED}`, but its run keeps no `{GATE_REPORT}`"
    if not report.passed:
        return f"its gate is `{PASSED}`, but the report is not: {report.why_not()}"
    if report.candidate_digest != version["tags"].get(MODEL_DIGEST):
        return f"its gate's report is of another model, {report.candidate_digest[:12]}"
    champion = server.aliases().get(CHAMPION)
    if champion in {None, str(version["version"])}:
        return ""
    serving = server.version(str(champion))["tags"].get(MODEL_DIGEST, "unknown")
    if report.champion_digest == serving:
        return ""
    return (
        f"its gate was passed beside {_told(report.champion_digest)}, "
        f"the champion is version {champion}, model {serving[:12]}"
    )


def _told(digest: str | None) -> str:
    return "no champion" if digest is None else f"model {digest[:12]}"
