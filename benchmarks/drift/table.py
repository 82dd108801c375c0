"""Figures as a person reads them."""

from collections import Counter
from statistics import median

from rich.table import Table

from benchmarks.drift.figures import LENGTHS, PATIENCE, Figures
from benchmarks.drift.shift import SHIFTS


def alarm_table(found: Figures) -> Table:
    """Windows of stable traffic that were called drifted."""
    title = f"stable traffic, {len(found.worlds)} worlds, {found.weeks():.0f} weeks"
    heads = ("window", "drifted windows", "false alarms", "a week", "by")
    table = Table(*heads, title=title, title_justify="left")
    for length in LENGTHS:
        alarms = found.alarms(length)
        by = Counter(name for names in alarms for name in names)
        table.add_row(
            f"{length} d, measured daily",
            str(len(alarms)),
            str(by.total()),
            f"{found.alarms_a_week(length):.2f}",
            ", ".join(f"{name} {count}" for name, count in by.most_common(5)) or "nothing",
        )
    return table


def delay_table(found: Figures) -> Table:
    """Days from a shift to its first alarm."""
    table = Table(
        *("shift", "found", "days until: median", "worst", "mostly by"),
        title="planted shifts, windows of 1 d",
        title_justify="left",
    )
    for shift in SHIFTS:
        delays = found.delays(str(shift))
        days = [each for each in delays if each is not None]
        by = Counter(name for world in found.worlds for name in world.raised.get(str(shift), []))
        worst = str(max(days)) if days and len(days) == len(delays) else "never"
        table.add_row(
            str(shift),
            f"{len(days)} of {len(delays)} in {PATIENCE[shift.kind]} d",
            f"{median(days):g}" if days else "-",
            worst,
            ", ".join(name for name, _ in by.most_common(3)),
        )
    return table
