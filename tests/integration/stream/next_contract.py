"""The kernel as its next version might be: other values, so another digest; built from a copy."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# File of the core crate, its text, and what the next version has in its place.
CHANGES = (
    ("contract.rs", 'VERSION: &str = "v1"', 'VERSION: &str = "v2"'),
    ("features/calendar.rs", "(f64, f64) = (22.0, 6.0)", "(f64, f64) = (21.0, 7.0)"),
    ("features/amount.rs", "HIGH_RATIO: f64 = 3.0", "HIGH_RATIO: f64 = 4.0"),
)
LIBRARY = "lib_kernel.dylib" if sys.platform == "darwin" else "lib_kernel.so"


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
    """Copy the crates, change them, and build them with the dependencies that are built already."""
    sources = folder / "sources" / "features_rs"
    ignored = shutil.ignore_patterns("target", "*.so", "__pycache__")
    shutil.copytree(ROOT / "features_rs", sources, ignore=ignored)
    shutil.copytree(ROOT / "proto", folder / "sources" / "proto")
    for name, old, new in CHANGES:
        path = sources / "core" / "src" / name
        text = path.read_text()
        assert text.count(old) == 1, f"{name} no longer holds `{old}`: correct the table"
        path.write_text(text.replace(old, new))
    target = ROOT / "features_rs" / "target"
    _cargo_build(sources, target)
    package = folder / "package" / "features_rs"
    package.mkdir(parents=True)
    shutil.copy(target / "release" / LIBRARY, package / "_kernel.abi3.so")
    for source in (ROOT / "features_rs").glob("*.py"):
        shutil.copy(source, package)
    return NextContract(package.parent)


def _cargo_build(sources: Path, target: Path) -> None:
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
        env={**os.environ, "CARGO_TARGET_DIR": str(target), "PYO3_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
