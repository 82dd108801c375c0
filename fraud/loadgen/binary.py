"""Finds the compiled client, and builds it where its sources are."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from fraud.loadgen.errors import ClientBuildError

NAME = "fraud-load"
SOURCES = Path(__file__).resolve().parents[2] / "benchmarks" / "load" / "client"
BUILD_SECONDS = 900


@cache
def client_binary() -> Path:
    """The client, built from its sources if they are here; looked for once a process.

    Without the sources, or without cargo, one that was built before or is on the PATH is taken.

    Raises:
        ClientBuildError: There is none, or the build failed; the message says how to go on.
    """
    cargo = shutil.which("cargo")
    if cargo and (SOURCES / "Cargo.toml").is_file():
        return _build(cargo)
    built = SOURCES / "target" / "release" / NAME
    if built.is_file():
        return built
    installed = shutil.which(NAME)
    if installed:
        return Path(installed)
    raise ClientBuildError(
        f"Failed to find `{NAME}` on the PATH, and to find cargo to build it from {SOURCES}. "
        "Hint: install Rust from https://rustup.rs and try again."
    )


def _build(cargo: str) -> Path:
    target = SOURCES / "target"
    command = [cargo, "build", "--release", "--locked", "--quiet", "--target-dir", str(target)]
    try:
        done = subprocess.run(
            command, cwd=SOURCES, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as exc:
        raise ClientBuildError(f"Failed to build `{NAME}` within {BUILD_SECONDS} s") from exc
    if done.returncode != 0:
        raise ClientBuildError(f"Failed to build `{NAME}` in {SOURCES}:\n{done.stderr.strip()}")
    return target / "release" / NAME
