"""Models made ready to run without Python."""

from pathlib import Path
from typing import Final

import onnxruntime
import structlog

from features_rs import Engine, NativeModel, load_onnxruntime
from scorer.errors import ModelError
from scorer.model.holder import ModelHolder
from scorer.model.serving import ServingModel

log = structlog.get_logger(__name__)

KEPT: Final = 4
"""Models that stay loaded: two in service, and those to go back to."""


class RuntimeMissingError(ModelError):
    """ONNX Runtime's library cannot be loaded."""


def load_runtime() -> None:
    """Load the library of the installed ``onnxruntime``, so that both paths give the same bits.

    Raises:
        RuntimeMissingError: It is not there, or cannot be loaded.
    """
    folder = Path(onnxruntime.__file__).parent / "capi"
    found = [*folder.glob("libonnxruntime.*"), *folder.glob("onnxruntime.dll")]
    if not found:
        raise RuntimeMissingError(f"Failed to find ONNX Runtime's library in `{folder}`")
    try:
        load_onnxruntime(found[0])
    except RuntimeError as exc:
        raise RuntimeMissingError(f"Failed to load `{found[0]}`: {exc}") from exc


class NativeModels:
    """Has an engine serve what a holder holds.

    The holder stays the owner: what it refused never comes here. A model that the engine cannot
    load is left to Python.

    Args:
        engine: Scores payments.
        holder: Holds the models in service.
        copies: How often a model that is not run by its trees may run at once.
    """

    def __init__(self, engine: Engine, holder: ModelHolder, copies: int) -> None:
        self._engine = engine
        self._holder = holder
        self._copies = copies
        self._loaded: dict[str, NativeModel] = {}
        holder.on_change = self.follow

    def follow(self) -> None:
        """Serve what the holder holds now, from the next payment on."""
        models = self._holder.current
        try:
            told = [] if models is None else [self._told(model) for model in models.models]
        except ValueError as exc:
            log.warning("native.model_refused", error=str(exc))
            told = []
        self._engine.serve(told, self._holder.challenger_percent)
        for digest in list(self._loaded)[:-KEPT]:
            del self._loaded[digest]

    def _told(
        self, model: ServingModel
    ) -> tuple[NativeModel, str, str, int, tuple[float, float], list[float], str]:
        version, policy = model.version, model.policy
        return (
            self._ready(model),
            version.version,
            model.model_digest,
            int(model.variant),
            (policy.review_threshold, policy.decline_threshold),
            model.bundle.reference.tolist(),
            f"{version.name}/{version.version}",
        )

    def _ready(self, model: ServingModel) -> NativeModel:
        digest = model.model_digest
        ready = self._loaded.pop(digest, None) or self._load(model)
        # Last, as the newest used.
        self._loaded[digest] = ready
        return ready

    def _load(self, model: ServingModel) -> NativeModel:
        bundle = model.bundle
        made = NativeModel(bundle.model, self._copies, bundle.golden_rows.tolist())
        log.info("native.model_ready", digest=model.model_digest, runs=made.runs)
        return made
