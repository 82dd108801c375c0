"""Holds the models in service and swaps them without a call noticing."""

import threading

import structlog

from features_rs import Contract
from fraud.settings import DecisionSettings
from scorer.errors import ModelError, ModelNotFoundError, ModelRefusedError, RegistryError
from scorer.model.bundle import ModelBundle
from scorer.model.cache import ModelCache
from scorer.model.serving import ModelSet, ServingModel, prepare
from scorer.model.source import CHALLENGER, CHAMPION, ModelSource, ModelVersion

log = structlog.get_logger(__name__)


class ModelHolder:
    """The champion and, where there is one, the challenger.

    Readers take :attr:`current` once a call and use what they got; a reload builds, verifies and
    warms up everything aside and then replaces that one reference.
    """

    def __init__(
        self,
        source: ModelSource,
        cache: ModelCache,
        contract: Contract,
        settings: DecisionSettings,
    ) -> None:
        self._source = source
        self._cache = cache
        self._contract = contract
        self._settings = settings
        self._reloading = threading.Lock()
        self.current: ModelSet | None = None
        self.challenger_percent = settings.challenger_percent

    def load(self) -> None:
        """Load at start: what the source's aliases name, else what served last.

        Raises:
            ModelError: Neither can serve.
        """
        try:
            self.reload()
        except ModelError as exc:
            log.warning("model.source_failed", error=str(exc))
            with self._reloading:
                self.current = self._last_good(exc)
            log.info("model.loaded_from_cache", version=self.current.champion.version.version)

    def reload(self) -> bool:
        """Bring in what the source's aliases name now; all of it or nothing.

        Returns:
            Whether anything changed.

        Raises:
            ModelError: A model may not serve; those in service stay.
        """
        with self._reloading:
            champion = self._bring_in(CHAMPION)
            try:
                challenger = self._bring_in(CHALLENGER)
            except ModelNotFoundError:
                challenger = None
            found = ModelSet(champion, challenger)
            if self.current is not None and found.models == self.current.models:
                return False
            self.current = found
            self._remember(found)
        versions = [model.version.version for model in found.models]
        log.info("model.swapped", versions=versions)
        return True

    def _bring_in(self, alias: str) -> ServingModel:
        version = self._source.find(alias)
        in_service = self._in_service(alias)
        if in_service is not None and in_service.version == version:
            return in_service
        try:
            return self._from_cache(alias, version) or self._from_source(alias, version)
        except RegistryError:
            raise
        except ModelError as exc:
            log.warning("model.refused", alias=alias, version=version.version, error=str(exc))
            raise ModelRefusedError(
                f"{alias} version {version.version} of `{version.name}` is refused: {exc}"
            ) from exc

    def _in_service(self, alias: str) -> ServingModel | None:
        if self.current is None:
            return None
        return self.current.challenger if alias == CHALLENGER else self.current.champion

    def _from_cache(self, alias: str, version: ModelVersion) -> ServingModel | None:
        bundle = self._cache.read(version)
        if bundle is None:
            return None
        return prepare(bundle, version, alias, self._contract, self._settings)

    def _from_source(self, alias: str, version: ModelVersion) -> ServingModel:
        with self._cache.incoming(version) as folder:
            self._source.fetch(version, folder)
            bundle = ModelBundle.read(folder)
            return prepare(bundle, version, alias, self._contract, self._settings)

    def _last_good(self, cause: ModelError) -> ModelSet:
        champion = self._recalled(CHAMPION)
        if champion is None:
            raise cause
        return ModelSet(champion, self._recalled(CHALLENGER))

    def _recalled(self, alias: str) -> ServingModel | None:
        version = self._cache.recall(alias)
        try:
            return None if version is None else self._from_cache(alias, version)
        except ModelError as exc:
            log.warning("model.cache_refused", alias=alias, error=str(exc))
            return None

    def _remember(self, models: ModelSet) -> None:
        self._cache.remember(CHAMPION, models.champion.version)
        if models.challenger is None:
            self._cache.forget(CHALLENGER)
        else:
            self._cache.remember(CHALLENGER, models.challenger.version)
        self._cache.prune()
