"""Prometheus' StatsD exporter as a child process: Airflow sends, Prometheus reads."""

import shutil
from pathlib import Path
from typing import Final, override

from fraud.errors import MissingToolError
from fraud.local.port import HOST
from fraud.local.prometheus import OPS
from fraud.local.web_program import WebProgram, find_tool

MAPPING: Final = OPS / "statsd" / "airflow.yml"
PROGRAM: Final = "statsd_exporter"


class LocalStatsd(WebProgram):
    """A StatsD exporter on this machine; what it was told is forgotten when it ends.

    Args:
        folder: Its configuration and log, made when not there.
        port: Of its page for Prometheus; 0 takes a free one.
        statsd_port: UDP port that metrics are sent to.
    """

    name = PROGRAM

    def __init__(self, folder: Path, port: int, statsd_port: int) -> None:
        super().__init__(folder, port)
        self._statsd_port = statsd_port

    @override
    def _options(self) -> list[str]:
        return [
            f"--statsd.mapping-config={self._folder / MAPPING.name}",
            f"--statsd.listen-udp={HOST}:{self._statsd_port}",
            "--statsd.listen-tcp=",
            f"--web.listen-address={self.address}",
        ]

    @override
    def _write(self) -> None:
        shutil.copyfile(MAPPING, self._folder / MAPPING.name)


def has_statsd() -> bool:
    """Whether the exporter is installed; what it would tell is unknown where it is not."""
    try:
        find_tool(PROGRAM)
    except MissingToolError:
        return False
    return True
