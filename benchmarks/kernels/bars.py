"""What the kernel must reach."""

from benchmarks.kernels.calls import Calls
from benchmarks.kernels.native import Latency, Memory
from benchmarks.kernels.replay import Replay
from benchmarks.verdict import Verdict

RUST_P50_US = 3.0
RUST_P99_US = 10.0
PYTHON_P50_US = 10.0
REPLAY_PER_S = 500_000.0
MEMORY_ACCOUNTS = 1_000_000
MEMORY_BYTES = 3 * 10**9


def judge(latency: Latency, calls: Calls, replay: Replay, memory: Memory | None) -> list[Verdict]:
    """Hold every bar; memory is judged per account when fewer were measured."""
    verdicts = [
        _at_most("from Rust, P50 us", latency.assemble_and_record.p50_us, RUST_P50_US),
        _at_most("from Rust, P99 us", latency.assemble_and_record.p99_us, RUST_P99_US),
        _at_most("from Python, P50 us", calls.assemble_and_record.p50_us, PYTHON_P50_US),
        _at_most("from Python with its Event, P50 us", calls.with_event.p50_us, PYTHON_P50_US),
        _at_least("replay, payments/s", replay.payments_per_s, REPLAY_PER_S),
    ]
    if memory is not None:
        scaled = memory.resident_bytes * MEMORY_ACCOUNTS / memory.accounts
        verdicts.append(_at_most("1 M accounts, bytes", scaled, MEMORY_BYTES))
    return verdicts


def _at_most(name: str, found: float, bar: float) -> Verdict:
    return Verdict(f"{name}: at most {bar:,.0f}", f"{found:,.2f}", met=found <= bar)


def _at_least(name: str, found: float, bar: float) -> Verdict:
    return Verdict(f"{name}: at least {bar:,.0f}", f"{found:,.0f}", met=found >= bar)
