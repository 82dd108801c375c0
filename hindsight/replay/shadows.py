"""Makes again what shadow versions said of a payment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from hindsight.decided import Decided, decided_of
from hindsight.errors import UnexplainableError, UnreplayableError
from hindsight.findings import SHADOW_PREDICTION
from hindsight.library import ModelLibrary
from hindsight.replay.difference import Difference, told
from hindsight.replay.recorded import Recorded
from hindsight.shadowing import Shadow
from scorer.errors import ModelError, RegistryError
from scorer.model.source import ModelVersion
from scorer.recorder.errors import translated

COLUMNS: Final = (
    "model_version",
    "model_digest",
    "decision",
    "probability",
    "review_threshold",
    "decline_threshold",
)
# As float8, since psycopg reads the shortest text of a real, which is another number.
FIND: Final = """
SELECT model_version, model_digest, decision, probability::float8, review_threshold::float8,
    decline_threshold::float8
FROM shadow_predictions WHERE transaction_id = %s ORDER BY model_version, model_digest
"""


@dataclass(frozen=True, slots=True)
class ShadowReplay:
    """What a shadow version said, made again.

    Args:
        version: Its number.
        decision: As recorded.
        differences: What is not the same, to the bit.
    """

    version: str
    decision: str
    differences: tuple[Difference, ...]


def replay_shadows(dsn: str, recorded: Recorded, library: ModelLibrary) -> list[ShadowReplay]:
    """Have every shadow version that scored a payment score it again.

    Raises:
        UnreplayableError: One of them cannot; says which and why.
        RegistryError: The registry cannot be asked now.
        RecorderError: The database cannot be used.
    """
    decided = decided_of(recorded.prediction)
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        rows = connection.execute(FIND, (decided.transaction_id,)).fetchall()
    return [_replay(dict(zip(COLUMNS, row, strict=True)), decided, library) for row in rows]


def _replay(said: Mapping[str, Any], decided: Decided, library: ModelLibrary) -> ShadowReplay:
    version = said["model_version"]
    try:
        bundle = library.bundle_that_decided(said["model_digest"], version)
        rows = Shadow.of(ModelVersion("", version), bundle).rows([decided])
    except RegistryError:
        raise
    except (ModelError, UnexplainableError) as exc:
        raise UnreplayableError(f"shadow version {version}: {exc}") from exc
    if not rows:
        raise UnreplayableError(f"shadow version {version} is of another contract")
    again = dict(zip(SHADOW_PREDICTION, rows[0], strict=True))
    pairs = [(name, _told(said[name]), _told(again[name])) for name in COLUMNS]
    found = tuple(Difference(name, old, new) for name, old, new in pairs if old != new)
    return ShadowReplay(version, said["decision"], found)


def _told(value: object) -> str:
    return told(value) if isinstance(value, float) else str(value)
