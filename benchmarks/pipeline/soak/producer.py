"""``fraud produce`` beside the soak, as a person would run it."""

import os
import subprocess
import sys

from benchmarks.pipeline.soak.plan import SoakPlan
from fraud.local.environment import to_environment
from fraud.settings import Settings

GRACE_SECONDS = 120.0


class ProducerFailedError(Exception):
    """``fraud produce`` did not bring everything onto the topic."""


class Producer:
    """Payments and labels of a simulated world, stamped with the time of sending.

    Args:
        plan: Rate and time.
        settings: Lead to the broker.
    """

    def __init__(self, plan: SoakPlan, settings: Settings) -> None:
        self._ids = plan.home / "produced-ids"
        self._limit = plan.seconds + GRACE_SECONDS
        self._log = plan.home / "producer.log"
        self._environment = {**os.environ, **to_environment(settings)}
        options = {
            "--rate": plan.rate,
            "--seconds": plan.seconds,
            "--customers": plan.customers,
            # Labels that take days in the simulated world become known within the soak.
            "--label-delay-scale": plan.seconds / 4 / (3 * 86_400),
            "--ids-out": self._ids,
        }
        pairs = [str(part) for option in options.items() for part in option]
        self._command = [sys.executable, "-m", "fraud", "produce", *pairs]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to produce."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def wait(self) -> list[str]:
        """Wait for the end; returns the ids of the payments that the broker acknowledged.

        Raises:
            ProducerFailedError: It failed, or some were not acknowledged.
        """
        assert self._process is not None
        code = self._process.wait(self._limit)
        if code != 0:
            raise ProducerFailedError(self._log.read_text()[-2_000:])
        return self._ids.read_text().split()
