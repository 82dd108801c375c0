"""Runs the client and reads what it reports."""

import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Timer

from pydantic import ValidationError

from fraud.loadgen.binary import client_binary
from fraud.loadgen.errors import ClientRunError
from fraud.loadgen.plan import LoadPlan
from fraud.loadgen.report import LoadReport
from fraud.priority import be_prompt

GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far a run is; sums over both methods."""

    elapsed_s: float
    sent: int
    answered: int
    errors: int
    over_limit: int


def run_load(
    plan: LoadPlan, on_progress: Callable[[LoadProgress], None] | None = None
) -> LoadReport:
    """Do one run; building the client first if that is needed.

    Args:
        plan: What to do. The run is over at the latest when its seconds, one deadline and a grace
            of half a minute have passed.
        on_progress: Called about once a second.

    Raises:
        ClientBuildError: The client cannot be built.
        ClientRunError: It failed, or ran for too long; the message is the client's own.
    """
    command = [str(client_binary()), *plan.to_arguments()]
    if on_progress is None:
        command.append("--quiet")
    limit = plan.seconds + plan.timeout_ms / 1000 + GRACE_SECONDS
    with _start(command) as process:
        timer = Timer(limit, process.kill)
        timer.start()
        try:
            complaints = _follow(process.stderr or (), on_progress)
            text = process.stdout.read() if process.stdout else ""
            code = process.wait()
        finally:
            timer.cancel()
            process.kill()
    if code != 0:
        raise ClientRunError(complaints or f"Failed to finish the load run within {limit:.0f} s")
    return _parse(text)


def _start(command: list[str]) -> subprocess.Popen[str]:
    """Start it from a thread that is prompt, as it is then too: lateness is the server's alone."""

    def start() -> subprocess.Popen[str]:
        be_prompt()
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)

    with ThreadPoolExecutor(1) as starter:
        return starter.submit(start).result()


def _follow(lines: Iterable[str], on_progress: Callable[[LoadProgress], None] | None) -> str:
    """Pass progress on; returns the other lines."""
    others: list[str] = []
    for line in lines:
        if on_progress is not None and line.startswith("elapsed_s="):
            on_progress(_to_progress(line))
        else:
            others.append(line)
    return "".join(others).strip()


def _to_progress(line: str) -> LoadProgress:
    values = dict(pair.split("=", 1) for pair in line.split())
    return LoadProgress(
        elapsed_s=float(values["elapsed_s"]),
        sent=int(values["sent"]),
        answered=int(values["answered"]),
        errors=int(values["errors"]),
        over_limit=int(values["over_limit"]),
    )


def _parse(text: str) -> LoadReport:
    try:
        return LoadReport.from_json(text)
    except ValidationError as exc:
        raise ClientRunError(f"Failed to read the load client's report: {exc}") from exc
