"""The versions of a model as a person looks at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from training.registry.admission import GATE
from training.registry.aliases import STAGE
from training.registry.server import RegistryServer


@dataclass(frozen=True, slots=True)
class Version:
    """A version and what its run says of it.

    Args:
        number: Of the registry.
        run_id: The run that made it.
        created_at: When.
        aliases: What points at it.
        stage: ``Staging``, ``Production`` or ``Archived``.
        gate: ``passed``, ``refused``, or empty where the gate was not asked.
        tags: All tags.
        metrics: Of its run.
        params: Of its run.
    """

    number: str
    run_id: str
    created_at: datetime
    aliases: tuple[str, ...]
    stage: str
    gate: str
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    params: Mapping[str, str]


def list_versions(server: RegistryServer, limit: int = 50) -> list[Version]:
    """The newest versions, newest first.

    Raises:
        RegistrationError: The registry cannot be asked.
    """
    aliases = server.aliases()
    found: list[Version] = []
    for version in server.versions():
        if len(found) == limit:
            break
        found.append(_to_version(server, version, aliases))
    return found


def find_version(server: RegistryServer, number_or_alias: str) -> Version:
    """One version, by its number or by an alias.

    Raises:
        RegistrationError: There is none, or the registry cannot be asked.
    """
    aliases = server.aliases()
    number = aliases.get(number_or_alias, number_or_alias)
    return _to_version(server, server.version(number), aliases)


def _to_version(
    server: RegistryServer, found: Mapping[str, Any], aliases: Mapping[str, str]
) -> Version:
    number, run_id = str(found["version"]), str(found["run_id"])
    metrics, params = server.run(run_id)
    return Version(
        number=number,
        run_id=run_id,
        created_at=datetime.fromtimestamp(int(found["creation_timestamp"]) / 1000, UTC),
        aliases=tuple(sorted(name for name, at in aliases.items() if at == number)),
        stage=found["tags"].get(STAGE, ""),
        gate=found["tags"].get(GATE, ""),
        tags=found["tags"],
        metrics=metrics,
        params=params,
    )
