"""Java programs without an installation of them: a Java, and jars by Maven, each byte verified.

What a purpose needs is written in ``jars/<purpose>.pom.xml``, and what the jars must be in
``jars/<purpose>.sha256``. They are fetched once for all homes on this machine.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from fraud.errors import JarError, MissingToolError
from fraud.local.turn import turn

type Purpose = Literal["kafka", "spark"]

LISTS = Path(__file__).with_name("jars")
LEAST_JAVA = 17
INSTALL_JAVA = (
    f"install a Java runtime of version {LEAST_JAVA} or newer, such as Debian's "
    "`openjdk-17-jre-headless`, or point JAVA_HOME at one"
)
INSTALL_MAVEN = "install Maven, such as Debian's `maven`; it is needed once, to fetch the jars"
FETCH_SECONDS = 600.0


def java_command() -> str:
    """Path of a Java that is new enough: that of JAVA_HOME, or the first on PATH.

    Raises:
        MissingToolError: There is none.
    """
    home = os.environ.get("JAVA_HOME")
    command = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if command is None:
        reason = f"JAVA_HOME is `{home}`, which has no `bin/java`" if home else "no `java` on PATH"
        raise MissingToolError("Java", reason, INSTALL_JAVA)
    told = subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stderr
    if _major(told) < LEAST_JAVA:
        version = told.partition("\n")[0]
        raise MissingToolError("Java", f"`{command}` is `{version}`", INSTALL_JAVA)
    return command


def _major(told: str) -> int:
    """The feature release, such as 17 of ``17.0.15`` and 8 of ``1.8.0_392``."""
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else 0


def resolve_jars(purpose: Purpose, cache: Path | None = None) -> Path:
    """Folder of exactly the jars that ``purpose`` needs, fetched when it is not there.

    Several processes may ask at once; one fetches. About 54 MB for ``kafka``, 10 MB for ``spark``.

    Args:
        purpose: Names the lists in ``jars/``.
        cache: Where such folders are kept; None is ``fraud-platform/jars`` in XDG_CACHE_HOME,
            which is ``~/.cache`` unless set.

    Raises:
        MissingToolError: They are to be fetched, and Maven or Java is missing.
        JarError: They cannot be fetched, or one is missing, too many, or not what it must be.
    """
    expected = read_list(LISTS / f"{purpose}.sha256")
    folder = (cache or jar_cache()) / f"{purpose}-{_digest(LISTS / f'{purpose}.pom.xml')[:12]}"
    with turn(folder):
        if not folder.is_dir():
            _fetch(purpose, folder, expected)
        verify(purpose, folder, expected)
    return folder


def jar_cache() -> Path:
    """Where jars are kept for all homes of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fraud-platform" / "jars"


def read_list(path: Path) -> dict[str, str]:
    """SHA-256 by file name, from lines as ``sha256sum`` writes them."""
    pairs = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in pairs}


def verify(purpose: str, folder: Path, expected: Mapping[str, str]) -> None:
    """Compare the jars of a folder with a list.

    Raises:
        JarError: One is missing, too many, or not what it must be; it names that one.
    """
    found = {path.name: _digest(path) for path in folder.glob("*.jar")}
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            raise JarError(purpose, folder, f"`{name}` is missing")
        if name not in expected:
            raise JarError(purpose, folder, f"`{name}` is not on the list")
        if found[name] != expected[name]:
            reason = f"`{name}` has SHA-256 {found[name]}, expected {expected[name]}"
            raise JarError(purpose, folder, reason)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(purpose: str, folder: Path, expected: Mapping[str, str]) -> None:
    """Fill the folder; it appears whole and verified, or not at all."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    _run_maven(purpose, part)
    verify(purpose, part, expected)
    part.rename(folder)


def _run_maven(purpose: str, folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingToolError("Maven", "no `mvn` on PATH", INSTALL_MAVEN)
    java_command()
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    # Quiet, without questions, and strict about the repository's own checksums.
    command = [maven, "-q", "-B", "-C", "-f", str(LISTS / f"{purpose}.pom.xml"), *goal]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as exc:
        raise JarError(purpose, folder, f"Maven took more than {FETCH_SECONDS:.0f} s") from exc
    if done.returncode:
        raise JarError(purpose, folder, f"Maven failed:\n{(done.stdout + done.stderr).strip()}")
