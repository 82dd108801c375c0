"""Holds the models in service and swaps them without a call noticing."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from features_rs import Contract
from fraud.settings import DecisionSettings
from scorer.errors import ModelError, ModelNotFoundError, ModelRefusedError, RegistryError
from scorer.model.bundle import ModelBundle
from scorer.model.cache import ModelCache
from scorer.model.serving import ModelSet, ServingModel, prepare, variant_of
from scorer.model.source import CHALLENGER, CHAMPION, ModelSource, ModelVersion, Standing

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
        self._seen: Standing | None = None
        # The champion before this one stays warm: to go back is to replace a reference.
        self._previous: ServingModel | None = None
        self.current: ModelSet | None = None
        self.reloads: Counter[str] = Counter(swapped=0, refused=0, failed=0)
        """How often models were brought in, or were not."""
        self.challenger_percent = settings.challenger_percent
        # Called when other models serve, or another share.
        self.on_change: Callable[[], None] = lambda: None
        # Told of a share that was set, and by whom.
        self.on_share: Callable[[int, str], None] = lambda _percent, _by: None

    def load(self) -> None:
        """Load at start: what the source's aliases name, else what served last.

        Raises:
            ModelError: Neither can serve.
        """
        try:
            self.follow()
        except ModelError as exc:
            log.warning("model.source_failed", error=str(exc))
            with self._reloading:
                self.current = self._last_good(exc)
            self.on_change()
            log.info("model.loaded_from_cache", version=self.current.champion.version.version)

    def follow(self) -> bool:
        """Reload if the source no longer stands as it did; one cheap call where it does.

        A version that was refused is not tried again until something moves.

        Returns:
            Whether anything changed.

        Raises:
            ModelError: As :meth:`reload`.
        """
        with self._counting():
            standing = self._source.standing()
        if self.current is not None and standing == self._seen:
            return False
        try:
            changed = self.reload(standing)
        except ModelRefusedError:
            self._seen = standing
            raise
        self._take_share(standing)
        self._seen = standing
        return changed

    def set_share(self, percent: int, by: str) -> None:
        """Have the challenger decide for a share of accounts, from the next payment on.

        Args:
            percent: Of accounts, 0 to 100.
            by: Who or what says so, for those who are told of it.
        """
        self.challenger_percent = percent
        self.on_change()
        log.info("traffic.set", challenger_percent=percent, by=by)
        self.on_share(percent, by)

    def _take_share(self, standing: Standing) -> None:
        """The source's word on the share counts when it changes; between, `SetTraffic` may."""
        told = standing.challenger_percent
        before = None if self._seen is None else self._seen.challenger_percent
        if told is not None and told != before:
            self.set_share(told, "registry")

    def reload(self, standing: Standing | None = None) -> bool:
        """Bring in what the source's aliases name now; all of it or nothing.

        Args:
            standing: What the source said a moment ago; an alias that it does not name is not
                asked for again. None asks for all.

        Returns:
            Whether anything changed.

        Raises:
            ModelError: A model may not serve; those in service stay.
        """
        with self._reloading, self._counting():
            champion = self._bring_in(CHAMPION)
            found = ModelSet(champion, self._bring_in_challenger(standing))
            if self.current is not None and found.models == self.current.models:
                return False
            before, self.current = self.current, found
            self.on_change()
            if before is not None and before.champion.version != champion.version:
                self._previous = before.champion
            self._remember(found)
            self.reloads["swapped"] += 1
        versions = [model.version.version for model in found.models]
        log.info("model.swapped", versions=versions)
        return True

    @contextmanager
    def _counting(self) -> Iterator[None]:
        try:
            yield
        except ModelRefusedError:
            self.reloads["refused"] += 1
            raise
        except RegistryError:
            self.reloads["failed"] += 1
            raise

    def _bring_in_challenger(self, standing: Standing | None) -> ServingModel | None:
        # A folder's standing names no alias at all.
        if standing is not None and standing.aliases and CHALLENGER not in dict(standing.aliases):
            return None
        try:
            return self._bring_in(CHALLENGER)
        except ModelNotFoundError:
            return None

    def _bring_in(self, alias: str) -> ServingModel:
        version = self._source.find(alias)
        in_service = self._in_service(alias)
        if in_service is not None and in_service.version == version:
            return in_service
        if (warm := self._warm(version)) is not None:
            return replace(warm, variant=variant_of(alias), loaded_at=datetime.now(UTC))
        try:
            return self._from_cache(alias, version) or self._from_source(alias, version)
        except RegistryError:
            raise
        except ModelError as exc:
            log.warning("model.refused", alias=alias, version=version.version, error=str(exc))
            raise ModelRefusedError(
                f"{alias} version {version.version} of `{version.name}` is refused: {exc}"
            ) from exc

    def _warm(self, version: ModelVersion) -> ServingModel | None:
        """The version where it is loaded already, under whichever alias."""
        loaded = [] if self.current is None else self.current.models
        if self._previous is not None:
            loaded = [*loaded, self._previous]
        return next((model for model in loaded if model.version == version), None)

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
