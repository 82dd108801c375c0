"""The kernel as its next version might be: other values, so another digest; built from a copy."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from features_rs import contract

ROOT = Path(__file__).resolve().parents[3]
# File of the core crate, its text, and what the next version has in its place.
CHANGES = (
    ("contract.rs", 'VERSION: &str = "v1"', 'VERSION: &str = "v2"'),
    ("features/calendar.rs", "(f64, f64) = (22.0, 6.0)", "(f64, f64) = (21.0, 7.0)"),
    ("features/amount.rs", "HIGH_RATIO: f64 = 3.0", "HIGH_RATIO: f64 = 4.0"),
)
LIBRARY = "lib_kernel.dylib" if sys.platform == "darwin" else "lib_kernel.so"
BUILT = ROOT / "features_rs" / "target" / "release"
# Kept from run to run. It is not the folder of the installed kernel, whose library has the same
# name: a build that finds nothing changed would take this one for it.
KEPT = ROOT / "features_rs" / "target" / "next"


@dataclass(frozen=True, slots=True)
class NextContract:
    """A folder that holds the other kernel's package, ready to be imported first.

    Args:
        folder: Put before everything else on the import path.
    """

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables under which a Python process imports this kernel and not the installed one."""
        return {"PYTHONPATH": f"{self.folder}:{ROOT}", "PYTHONSAFEPATH": "1"}

    def run(self, *arguments: str, **variables: str) -> str:
        """Run ``python ...`` on this kernel; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, **self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def build_next_contract(folder: Path) -> NextContract:
    """Copy the crates, change them, and build what is not built already.

    Args:
        folder: The package is put there.
    """
    sources = KEPT / "sources" / "features_rs"
    shutil.rmtree(sources.parent, ignore_errors=True)
    ignored = shutil.ignore_patterns("target", "*.so", "__pycache__")
    shutil.copytree(ROOT / "features_rs", sources, ignore=ignored)
    shutil.copytree(ROOT / "proto", sources.parent / "proto")
    for change in CHANGES:
        _change(sources, *change)
    if not (KEPT / "release").exists():
        _take_dependencies()
    _cargo_build(sources)
    package = folder / "package" / "features_rs"
    package.mkdir(parents=True)
    shutil.copy(KEPT / "release" / LIBRARY, package / "_kernel.abi3.so")
    for source in (ROOT / "features_rs").glob("*.py"):
        shutil.copy(source, package)
    built = NextContract(package.parent)
    digest = built.run("-c", "from features_rs import contract; print(contract().digest)").strip()
    assert digest != contract().digest, f"{KEPT} holds the installed kernel: delete it"
    return built


def _change(sources: Path, name: str, old: str, new: str) -> None:
    """Make one change; the file is no newer than what it is made from, or it is built anew."""
    path = sources / "core" / "src" / name
    text, made_from = path.read_text(), (path, Path(__file__))
    newest = max(each.stat().st_mtime_ns for each in made_from)
    assert text.count(old) == 1, f"{name} no longer holds `{old}`: correct the table"
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(newest, newest))


def _take_dependencies() -> None:
    """Those that the installed kernel was built with, which take minutes."""
    if BUILT.exists():
        # Cargo names a workspace's own crates alike in every folder, so it would take ours for
        # the changed ones.
        ours = ("*_kernel*", "*fraud?features*")
        others = shutil.ignore_patterns(*ours, "incremental", "examples")
        shutil.copytree(BUILT, KEPT / "release", ignore=others)


def _cargo_build(sources: Path) -> None:
    command = [
        "cargo",
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--features",
        "pyo3/abi3-py312",
    ]
    done = subprocess.run(
        [*command, "--manifest-path", str(sources / "py" / "Cargo.toml")],
        env={**os.environ, "CARGO_TARGET_DIR": str(KEPT), "PYO3_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
