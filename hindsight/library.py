"""The models that decided, fetched when they are first asked for."""

import tempfile
from pathlib import Path
from typing import Protocol

from fraud.settings import Settings
from hindsight.errors import UnexplainableError
from scorer.errors import BundleError, ModelNotFoundError
from scorer.model.bundle import ModelBundle
from scorer.model.cache import ModelCache
from scorer.model.registry import source_of
from scorer.model.source import ModelSource, ModelVersion


class VersionSource(ModelSource, Protocol):
    """A registry, or a folder that stands in for one, asked for any version."""

    def aliases(self) -> dict[str, ModelVersion]:
        """All aliases with their versions.

        Raises:
            ModelNotFoundError: There is no such model.
            RegistryError: The source cannot be asked.
        """

    def find_version(self, number: str) -> ModelVersion:
        """A version by its number.

        Raises:
            ModelNotFoundError: There is none.
            RegistryError: The source cannot be asked.
        """

    def find_digest(self, digest: str) -> list[ModelVersion]:
        """The versions that have the model of a digest, archived ones too.

        Raises:
            RegistryError: The source cannot be asked.
        """


class ModelLibrary:
    """Bundles by version: from the scorer's cache where they are there, else from the source.

    Args:
        source: Where versions are kept.
        cache: The scorer's; only read.
        name: Of the registered model.
    """

    def __init__(self, source: VersionSource, cache: ModelCache, name: str) -> None:
        self._source = source
        self._name = name
        self._cache = cache

    @classmethod
    def of(cls, settings: Settings) -> "ModelLibrary":
        """The library of the models that these settings serve."""
        cache = ModelCache(settings.model_cache)
        return cls(source_of(settings.registry), cache, settings.registry.model_name)

    def bundle_that_decided(self, digest: str, number: str) -> ModelBundle:
        """The bundle of the model that decided.

        Args:
            digest: SHA-256 of its ONNX file.
            number: Its version.

        Raises:
            UnexplainableError: It is no longer there, or is another model.
            RegistryError: The source cannot be asked now.
        """
        # What serves is in the cache, so that explanations go on while the registry is away.
        cached = self._cache.read(ModelVersion(self._name, number))
        if cached is not None and cached.manifest.model_sha256 == digest:
            return cached
        try:
            return self._bundle_of(digest, number)
        except UnexplainableError:
            # The digest says which model it was, should its number no longer do so.
            for version in self._source.find_digest(digest):
                bundle = self.bundle(version)
                if bundle.manifest.model_sha256 == digest:
                    return bundle
            raise

    def bundle(self, version: ModelVersion) -> ModelBundle:
        """The bundle of a version.

        Raises:
            BundleError: It is damaged or incomplete.
            RegistryError: The source cannot be asked now.
        """
        cached = self._cache.read(version)
        if cached is not None:
            return cached
        with tempfile.TemporaryDirectory(prefix="fraud-bundle-") as name:
            self._source.fetch(version, Path(name))
            return ModelBundle.read(Path(name))

    def _bundle_of(self, digest: str, number: str) -> ModelBundle:
        try:
            bundle = self.bundle(self._source.find_version(number))
        except (ModelNotFoundError, BundleError) as exc:
            raise UnexplainableError(f"version {number} cannot be read: {exc}") from exc
        if bundle.manifest.model_sha256 != digest:
            raise UnexplainableError(
                f"version {number} of the registry is the model "
                f"{bundle.manifest.model_sha256[:12]}, the payment was decided by {digest[:12]}"
            )
        return bundle

    def shadows(self) -> dict[str, ModelVersion]:
        """The aliases ``shadow`` and ``shadow-...`` with their versions; none without a model.

        Raises:
            RegistryError: The source cannot be asked now.
        """
        try:
            aliases = self._source.aliases()
        except ModelNotFoundError:
            return {}
        return {alias: version for alias, version in aliases.items() if is_shadow(alias)}


def is_shadow(alias: str) -> bool:
    """Whether an alias has its version score behind the outbox.

    >>> [is_shadow(alias) for alias in ("shadow", "shadow-deep", "shadowy", "champion")]
    [True, True, False, False]
    """
    return alias == "shadow" or alias.startswith("shadow-")
