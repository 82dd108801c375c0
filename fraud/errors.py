"""What can go wrong with the services that the platform runs as child processes.

Tree::

    LocalServiceError (Exception)
    ├── MissingExtraError    a package is not installed; names the extra that brings it
    ├── MissingToolError     a program is not installed; says how to get it
    ├── JarError             the jars of a Java program are not what they must be
    ├── StartError           a service did not become ready; carries the end of its log
    └── AddressInUseError    something else listens where the service should
"""

from pathlib import Path


class LocalServiceError(Exception):
    """A service on this machine cannot be run."""


class MissingExtraError(LocalServiceError):
    """A package is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"Failed to import `{package}`: install the extra that brings it, "
            f"`uv sync --extra {extra}`"
        )
        self.package = package
        self.extra = extra


class MissingToolError(LocalServiceError):
    """A program is not installed."""

    def __init__(self, tool: str, reason: str, remedy: str) -> None:
        super().__init__(f"Failed to find {tool}: {reason}: {remedy}")
        self.tool = tool


class JarError(LocalServiceError):
    """The jars of a Java program are not what they must be."""

    def __init__(self, purpose: str, folder: Path, reason: str) -> None:
        super().__init__(
            f"Failed to resolve the jars of {purpose}: {reason}; "
            f"remove the folder `{folder}` to fetch them anew"
        )
        self.folder = folder


class StartError(LocalServiceError):
    """A service did not become ready."""

    def __init__(self, name: str, reason: str, log_path: Path, log_end: str) -> None:
        super().__init__(f"Failed to start {name}: {reason}; its log `{log_path}` ends:\n{log_end}")
        self.name = name
        self.log_path = log_path


class AddressInUseError(LocalServiceError):
    """Something else listens where a service should."""

    def __init__(self, name: str, url: str, setting: str) -> None:
        super().__init__(
            f"Failed to start {name}: something else answers at {url}: "
            f"stop it, or choose another address with {setting}"
        )
        self.url = url
