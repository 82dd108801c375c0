"""A run as tables in Markdown."""

import os
from typing import Final

from benchmarks.pipeline.stack.run import ALERT, Outcome
from benchmarks.pipeline.stack.spell import Spell
from tools.markdown import table

NEVER: Final = "not within the run"


def report_of(outcome: Outcome, seconds: float, rate: float) -> str:
    """The tables.

    Args:
        outcome: Of the run.
        seconds: That it was to take.
        rate: Payments a second that were produced.
    """
    begun = (
        f"{seconds:.0f} s at {rate:.0f} payments a second with a minute of a spike, on "
        f"{os.cpu_count()} cores whose load was {outcome.load:.1f} before; everything was ready "
        f"after {outcome.up_seconds:.0f} s."
    )
    figures = [[name, value] for name, value in outcome.figures]
    counts = [[name, f"{count:,}"] for name, count in outcome.counts.items()]
    memory = [[name, f"{size:,.0f} MB"] for name, size in outcome.memory_mb.items()]
    total = ["all", f"{sum(outcome.memory_mb.values()):,.0f} MB"]
    return "\n\n".join(
        [
            begun,
            table(["what", "figure"], figures),
            table(["alert", "figure"], _alert(outcome.spell)),
            table(["payments", "count"], counts),
            table(["process", "memory"], [*memory, total]),
        ]
    )


def _alert(spell: Spell | None) -> list[list[str]]:
    fire, resolve = (spell.fire_seconds, spell.resolve_seconds) if spell else (None, None)
    return [
        [f"{ALERT}: from the crossing of its threshold until it fires", _seconds(fire)],
        [
            f"{ALERT}: from where the threshold is no longer crossed until it resolves",
            _seconds(resolve),
        ],
    ]


def _seconds(value: float | None) -> str:
    return NEVER if value is None else f"{value:.0f} s"
