"""What is put on every contender in turn, and what is found."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from benchmarks.rivals.calls import Calls, Method, Report, make_calls, write_bodies
from benchmarks.rivals.contender import Checked, Contender, Reload, Running
from benchmarks.rivals.errors import WrongAnswerError
from benchmarks.rivals.material import Material
from benchmarks.rivals.processes import cpu_seconds, memory_bytes

RATE = 100.0
CONNECTIONS = 16
RELOAD_AFTER = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long each phase takes.

    Args:
        check_calls: One at a time; every answer must be that of the offline replay.
        warm_seconds: Sixteen calls in flight, so that every worker has been at work.
        warm_up: Calls of every later phase that are not measured.
        single_seconds: One call in flight.
        busy_seconds: Sixteen.
        open_seconds: 100 calls a second by timetable.
        most_calls: Of each of the three closed loops; a quick server ends them before their time.
        reload: How much of the usual time a change of model under load is given; 0 is none.
    """

    check_calls: int
    warm_seconds: float
    warm_up: int
    single_seconds: float
    busy_seconds: float
    open_seconds: float
    most_calls: int = 18_000
    reload: float = 1.0


FULL = Plan(
    check_calls=400, warm_seconds=2, warm_up=20, single_seconds=2, busy_seconds=5, open_seconds=12
)
QUICK = Plan(
    check_calls=50,
    warm_seconds=0.5,
    warm_up=5,
    single_seconds=0.5,
    busy_seconds=1,
    open_seconds=1,
    most_calls=5000,
)


@dataclass(frozen=True, slots=True)
class Reloaded:
    """Another model under 100 calls a second.

    Args:
        how: By which means.
        seconds: The command itself.
        report: Of the calls meanwhile.
        second: Answers by the other model; 0 where it never came.
    """

    how: str
    seconds: float
    report: Report
    second: int


@dataclass(frozen=True, slots=True)
class Found:
    """Of one contender in one round.

    Args:
        start_seconds: Until its first good answer.
        checked: Answers that were compared; every one is.
        wrong: Of them, those that are not as either model says.
        memory_mb: Of all its processes after the busiest phase, shared pages once.
        single_cpu_us: Processor time of a call, one in flight; likewise the others.
    """

    name: str
    protocol: str
    versions: Mapping[str, str]
    start_seconds: float
    checked: int
    wrong: int
    single: Report
    busy: Report
    open: Report
    single_cpu_us: float
    busy_cpu_us: float
    open_cpu_us: float
    memory_mb: float
    stages: Mapping[str, tuple[float, float]]
    reloaded: Reloaded | None


class Visit:
    """One contender that runs, and how far its bodies have been sent."""

    def __init__(self, method: Method, bodies: Path, running: Running) -> None:
        self._method = method
        self._bodies = bodies
        self.running = running
        self._skip = 0
        self.checked = 0
        self.wrong = 0

    def measure(
        self, *, seconds: float, warm_up: int, connections: int = 1, rate: float | None = None,
        count: int = 1_000_000,
    ) -> tuple[Report, float, Checked]:  # fmt: skip
        """Make calls; also returns the processor time of one, microseconds."""
        calls = Calls(self._bodies, self._skip, count, seconds, warm_up, rate, connections)
        before = cpu_seconds(self.running.members())
        report, answers = make_calls(calls, self._method, self.running.target)
        spent = cpu_seconds(self.running.members()) - before
        checked = self.running.check(self._skip, answers)
        self.wrong += checked.wrong
        self.checked += report.answered
        self._skip += report.sent
        return report, spent / max(report.sent, 1) * 1e6, checked


def visit(contender: Contender, home: Path, material: Material, plan: Plan) -> Found:
    """Start a contender and put every phase on it.

    Raises:
        RivalsError: It is not installed, does not start, or answers wrongly.
    """
    versions = contender.versions()
    home.mkdir()
    bodies = home / "payments.bodies"
    write_bodies(bodies, contender.bodies(material))
    began = time.monotonic()
    with contender.running(home, material) as running:
        started = time.monotonic() - began
        one = Visit(contender.method, bodies, running)
        _check_first(one, plan, contender.name)
        one.measure(
            seconds=plan.warm_seconds, warm_up=0, connections=CONNECTIONS, count=plan.most_calls
        )
        single, single_cpu, _ = one.measure(
            seconds=plan.single_seconds, warm_up=plan.warm_up, count=plan.most_calls
        )
        busy, busy_cpu, _ = one.measure(
            seconds=plan.busy_seconds, warm_up=plan.warm_up, connections=CONNECTIONS,
            count=plan.most_calls,
        )  # fmt: skip
        memory = memory_bytes(running.members()) / 1e6
        steady, steady_cpu, checked = one.measure(
            seconds=plan.open_seconds, warm_up=plan.warm_up, rate=RATE
        )
        reloaded = None
        if running.reload and plan.reload:
            reloaded = _reload(one, running.reload, plan.reload)
        return Found(
            name=contender.name,
            protocol=contender.method.protocol,
            versions=versions,
            start_seconds=started,
            checked=one.checked,
            wrong=one.wrong,
            single=single,
            busy=busy,
            open=steady,
            single_cpu_us=single_cpu,
            busy_cpu_us=busy_cpu,
            open_cpu_us=steady_cpu,
            memory_mb=memory,
            stages=checked.stages,
            reloaded=reloaded,
        )


def _check_first(one: Visit, plan: Plan, name: str) -> None:
    """Nothing is timed before every one of the first answers was given, and right."""
    report, _, checked = one.measure(seconds=60, warm_up=0, count=plan.check_calls)
    if report.answered != plan.check_calls:
        raise WrongAnswerError(f"{name}: of {plan.check_calls} first calls {report.failed} failed")
    if checked.wrong or checked.elsewhere:
        raise WrongAnswerError(
            f"{name}: of {plan.check_calls} first answers {checked.wrong} are not the model's, and "
            f"{checked.elsewhere} are for other rows than the replay's"
        )


def _reload(one: Visit, reload: Reload, share: float) -> Reloaded:
    took: list[float] = []

    def act() -> None:
        began = time.monotonic()
        reload.act()
        took.append(time.monotonic() - began)

    timer = Timer(RELOAD_AFTER * share, act)
    timer.start()
    report, _, checked = one.measure(seconds=reload.seconds * share, warm_up=0, rate=RATE)
    timer.join()
    return Reloaded(reload.how, took[0] if took else float("nan"), report, checked.second)
