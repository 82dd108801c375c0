"""Has the shadow versions score what was decided."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from fraud.v1.scoring_pb2 import Decision
from hindsight.decided import Decided, rows_of
from hindsight.findings import Findings
from hindsight.library import ModelLibrary
from scorer.decision import DecisionPolicy
from scorer.errors import ModelError, RegistryError
from scorer.model.bundle import ModelBundle
from scorer.model.session import ModelSession
from scorer.model.source import ModelVersion
from scorer.model.verify import verify_golden_rows
from scorer.recorder.column import Row, to_name

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shadow:
    """A version that scores and decides nothing."""

    version: str
    digest: str
    contract_digest: str
    session: ModelSession
    policy: DecisionPolicy

    @classmethod
    def of(cls, version: ModelVersion, bundle: ModelBundle) -> "Shadow":
        """Load and verify a bundle, as for serving.

        Raises:
            ModelError: It may not score; the message says why.
        """
        session = ModelSession(bundle.model)
        verify_golden_rows(bundle, session)
        manifest = bundle.manifest
        return cls(
            version.version,
            manifest.model_sha256,
            manifest.contract_digest,
            session,
            DecisionPolicy(manifest.review_threshold, manifest.decline_threshold),
        )

    def rows(self, decisions: Sequence[Decided]) -> list[Row]:
        """What it says of payments whose features it knows.

        Raises:
            ModelError: The model failed.
        """
        own = [each for each in decisions if each.contract_digest == self.contract_digest]
        if not own:
            return []
        probabilities = self.session.probabilities(rows_of(own)).tolist()
        return [self._row(*pair) for pair in zip(own, probabilities, strict=True)]

    def _row(self, decided: Decided, probability: float) -> Row:
        decision = self.policy.decide(probability)
        return [
            decided.transaction_id,
            self.digest,
            self.version,
            probability,
            to_name(Decision.Name, decision, "DECISION_"),
            self.policy.review_threshold,
            self.policy.decline_threshold,
            decided.decided_at,
        ]


class Shadowing:
    """Rows of ``shadow_predictions``, one for each decision and shadow version.

    Args:
        library: Says which versions are shadows, and has their bundles.
        alias_seconds: How often it is asked.
    """

    def __init__(self, library: ModelLibrary, alias_seconds: float) -> None:
        self._library = library
        self._alias_seconds = alias_seconds
        self._asked_at: float | None = None
        self._loaded: dict[ModelVersion, Shadow | None] = {}

    def at(self, decisions: Sequence[Decided]) -> Findings:
        """See :class:`hindsight.session.Look`."""
        self._follow()
        found = Findings()
        for shadow in self._loaded.values():
            if shadow is not None:
                self._score(shadow, decisions, found)
        return found

    def _score(self, shadow: Shadow, decisions: Sequence[Decided], found: Findings) -> None:
        try:
            found.shadow_predictions.extend(shadow.rows(decisions))
        except ModelError as exc:
            log.warning("shadow.failed", version=shadow.version, error=str(exc))

    def _follow(self) -> None:
        """Load what became a shadow, let go of what no longer is one."""
        now = time.monotonic()
        if self._asked_at is not None and now - self._asked_at < self._alias_seconds:
            return
        try:
            versions = set(self._library.shadows().values())
            loaded = {version: self._shadow(version) for version in versions}
        except RegistryError as exc:
            if self._asked_at is None:
                raise  # what the shadows are is not known: better late than left out
            log.warning("shadow.registry_away", error=str(exc))
            loaded = self._loaded
        self._asked_at = now
        if loaded.keys() != self._loaded.keys():
            log.info("shadow.follows", versions=sorted(each.version for each in loaded))
        self._loaded = loaded

    def _shadow(self, version: ModelVersion) -> Shadow | None:
        """A version made ready; None for one that may not score, which is told once."""
        if version in self._loaded:
            return self._loaded[version]
        try:
            return Shadow.of(version, self._library.bundle(version))
        except RegistryError:
            raise
        except ModelError as exc:
            log.warning("shadow.refused", version=version.version, error=str(exc))
            return None
