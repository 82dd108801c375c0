"""Alertmanager as a child process, with the platform's own routes."""

from pathlib import Path
from typing import Final, override

from fraud.local.prometheus import OPS
from fraud.local.web_program import WebProgram

CONFIG: Final = OPS / "alertmanager" / "alertmanager.yml"
RECEIVER: Final = "http://127.0.0.1:9095"
"""What :data:`CONFIG` posts alerts to."""


class LocalAlertmanager(WebProgram):
    """An Alertmanager on this machine, alone; its silences are kept in its folder.

    Args:
        folder: Its configuration, data and log, made when not there.
        receiver: What alerts are posted to, at ``/page`` and ``/ticket``.
        port: Of its page and API; 0 takes a free one.
        config: What it is configured by.
    """

    name = "Alertmanager"

    def __init__(
        self, folder: Path, receiver: str = RECEIVER, port: int = 0, config: Path = CONFIG
    ) -> None:
        super().__init__(folder, port)
        self._receiver = receiver
        self._config = config

    @override
    def _options(self) -> list[str]:
        return [
            f"--config.file={self._folder / 'alertmanager.yml'}",
            f"--storage.path={self._folder / 'data'}",
            f"--web.listen-address={self.address}",
            # One alone needs no port to agree with others on.
            "--cluster.listen-address=",
        ]

    @override
    def _write(self) -> None:
        told = self._config.read_text().replace(RECEIVER, self._receiver)
        (self._folder / "alertmanager.yml").write_text(told)
