"""The platform's own configuration with time running faster, so that alerts fire within seconds."""

import re
from pathlib import Path

from fraud.local.alertmanager import CONFIG
from fraud.local.prometheus import OPS

FACTOR = 60
"""Minutes become seconds."""
LOOK = "1s"
"""How often Prometheus reads pages and evaluates rules."""
MILLISECONDS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
HOLDS = "for|group_wait|group_interval|repeat_interval"
LOOKS = "scrape_interval|scrape_timeout|evaluation_interval|refresh_interval"


def faster_rules(folder: Path) -> Path:
    """A folder with all rules: windows, waits and thresholds in seconds are divided."""
    folder.mkdir()
    for path in (OPS / "alerts").glob("*.yml"):
        text = re.sub(r"\[(\d+)([smhd])\]", lambda m: f"[{_divided(m)}]", path.read_text())
        text = re.sub(
            r"(_seconds\n\s+expr: vector\()(\d+)", lambda m: f"{m[1]}{int(m[2]) / FACTOR}", text
        )
        (folder / path.name).write_text(_held(text))
    return folder


def faster_prometheus(path: Path) -> Path:
    """The configuration of Prometheus, looking more often."""
    text = (OPS / "prometheus" / "prometheus.yml").read_text()
    path.write_text(re.sub(rf"({LOOKS}): \d+s", rf"\1: {LOOK}", text))
    return path


def faster_alertmanager(path: Path) -> Path:
    """The configuration of Alertmanager, waiting less."""
    path.write_text(_held(CONFIG.read_text()))
    return path


def _held(text: str) -> str:
    hold = re.compile(rf"(?<=^)(\s*(?:{HOLDS}): )(\d+)([smhd])$", re.MULTILINE)
    return hold.sub(lambda m: f"{m[1]}{int(m[2]) * MILLISECONDS[m[3]] // FACTOR}ms", text)


def _divided(match: re.Match[str]) -> str:
    return f"{int(match[1]) * MILLISECONDS[match[2]] // FACTOR}ms"
