"""Prometheus as a child process, with the platform's own configuration and rules."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, override

import httpx

from fraud.local.web_program import WebProgram

OPS: Final = Path(__file__).resolve().parents[2] / "ops"


class LocalPrometheus(WebProgram):
    """A Prometheus on this machine; its data are kept in its folder.

    Args:
        folder: Its configuration, data and log, made when not there.
        targets: Job -> what is scraped of it, ``host:port`` each.
        port: Of its page and API; 0 takes a free one.
        alertmanagers: Who is told of alerts, ``host:port`` each.
        native: Whether it takes native histograms; before version 2.45 it then leaves out the
            classic buckets, which the rules and dashboards ask for.
        config: What it is configured by.
        rules: Folder of its rules.

    Usage::

        with LocalPrometheus(folder, {"scorer": ["127.0.0.1:9101"]}) as prometheus:
            prometheus.query("up")
    """

    name = "Prometheus"

    def __init__(
        self,
        folder: Path,
        targets: Mapping[str, Sequence[str]],
        port: int = 0,
        alertmanagers: Sequence[str] = (),
        *,
        native: bool = False,
        config: Path = OPS / "prometheus" / "prometheus.yml",
        rules: Path = OPS / "alerts",
    ) -> None:
        super().__init__(folder, port)
        self._targets = targets
        self._alertmanagers = alertmanagers
        self._native = native
        self._config = config
        self._rules = rules

    @override
    def _options(self) -> list[str]:
        return [
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address={self.address}",
            *(["--enable-feature=native-histograms"] if self._native else []),
        ]

    def watch(self, targets: Mapping[str, Sequence[str]]) -> None:
        """Tell what is to be scraped from now on; a running one sees it within seconds.

        Args:
            targets: Job -> ``host:port`` each.
        """
        groups = [
            {"targets": list(hosts), "labels": {"job": job}} for job, hosts in targets.items()
        ]
        _write_json(self._folder / "targets" / "fraud.json", groups)

    def query(self, expression: str) -> list[dict[str, object]]:
        """What an instant query gives, as Prometheus' API has it.

        Raises:
            httpx.HTTPStatusError: Prometheus refuses the expression.
        """
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": expression}, timeout=10)
        answer.raise_for_status()
        found: list[dict[str, object]] = answer.json()["data"]["result"]
        return found

    def alerts(self) -> list[dict[str, object]]:
        """The alerts that are pending or firing, as Prometheus' API has them."""
        answer = httpx.get(f"{self.url}/api/v1/alerts", timeout=10)
        answer.raise_for_status()
        found: list[dict[str, object]] = answer.json()["data"]["alerts"]
        return found

    @override
    def _write(self) -> None:
        """Its folder as the container image has it: configuration, rules, and what it speaks to."""
        shutil.copyfile(self._config, self._folder / "prometheus.yml")
        rules = self._folder / "alerts"
        rules.unlink(missing_ok=True)
        rules.symlink_to(self._rules.absolute())
        self.watch(self._targets)
        managers = [{"targets": list(self._alertmanagers)}] if self._alertmanagers else []
        _write_json(self._folder / "alertmanagers" / "fraud.json", managers)


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    # A running Prometheus is to see the old one or the new one.
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, indent=1))
    part.replace(path)
