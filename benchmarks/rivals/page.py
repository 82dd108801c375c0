"""Writes the figures into the page that tells of them, between its two marks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.rivals.errors import RivalsError
from benchmarks.rivals.phases import Found
from benchmarks.rivals.report import FIGURES, Figure, Result, number, reload_row

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

NOT_COMPARED = ("ours, Ping", "ours, the model alone", "Feast")
"""They do less, or something else: no winners among them."""


def write_page(result: Result, path: Path) -> None:
    """Replace what is between the marks.

    Raises:
        RivalsError: The page has no marks.
    """
    text = path.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise RivalsError(f"Failed to find `{BEGIN}` and `{END}` in `{path}`")
    path.write_text(f"{before}{BEGIN}\n\n{to_markdown(result)}\n{END}{after}")


def to_markdown(result: Result) -> str:
    """The machine, one table of all, one of the reloads, the versions."""
    by_name = result.by_name
    lines = [
        _machine(result, by_name),
        "",
        *_figures(by_name),
        "",
        *_reloads(by_name),
        "",
        *_stages(by_name),
        *_versions(by_name),
        *(f"- Left out: {reason.splitlines()[0]}" for reason in result.missing),
        "",
    ]
    return "\n".join(lines)


def _machine(result: Result, by_name: Mapping[str, Sequence[Found]]) -> str:
    host = result.host
    rounds = max(map(len, by_name.values()), default=0)
    often = "one round" if rounds == 1 else f"medians of {rounds} rounds"
    return (
        f"{host.processor}, {host.cores} cores, load {host.load_average:.2f} at the start; a sleep "
        f"of 10 ms oversleeps {host.oversleep_p50_us:.0f} us at P50, {host.oversleep_p99_us:.0f} "
        f"at P99. Commit `{result.commit}`, {often}. Bold: the best of those that serve the same "
        "model and can take another."
        + (
            ""
            if host.is_quiet
            else " **The machine was not quiet: take the order, not the tails.**"
        )
    )


def best_of(by_name: Mapping[str, Sequence[Found]], figure: Figure) -> str | None:
    """The name of the winner of one figure."""
    compared = {
        name: median(map(figure.of, rounds))
        for name, rounds in by_name.items()
        if not name.startswith(NOT_COMPARED)
    }
    if not compared:
        return None
    choose = max if figure.more_is_better else min
    return choose(compared, key=lambda name: compared[name])


def _figures(by_name: Mapping[str, Sequence[Found]]) -> list[str]:
    headings = [*(figure.heading for figure in FIGURES), "wrong of checked"]
    lines = [_row(["", "wire", *headings]), _row(["---"] * (len(headings) + 2))]
    winners = {figure: best_of(by_name, figure) for figure in FIGURES}
    for name, rounds in by_name.items():
        cells = []
        for figure in FIGURES:
            text = number(median(map(figure.of, rounds)))
            cells.append(f"**{text}**" if winners[figure] == name else text)
        wrong = f"{sum(one.wrong for one in rounds)} of {sum(one.checked for one in rounds):,}"
        lines.append(_row([name, rounds[0].protocol, *cells, wrong]))
    return lines


def _reloads(by_name: Mapping[str, Sequence[Found]]) -> list[str]:
    headings = [
        "another model at 100/s",
        "by",
        "failed calls",
        "worst call, ms",
        "command, s",
        "seen",
    ]
    lines = [_row(headings), _row(["---"] * len(headings))]
    for name, rounds in by_name.items():
        reloads = [one.reloaded for one in rounds if one.reloaded]
        if reloads:
            lines.append(_row([name, *reload_row(reloads)]))
    return lines


def _stages(by_name: Mapping[str, Sequence[Found]]) -> list[str]:
    return [
        f"- {name}, its own clock at 100/s, P50 / P99 us: "
        + ", ".join(f"{stage} {p50:.0f} / {p99:.0f}" for stage, (p50, p99) in one.stages.items())
        for name, (one, *_) in by_name.items()
        if one.stages
    ]


def _versions(by_name: Mapping[str, Sequence[Found]]) -> list[str]:
    return [
        f"- {name}: " + ", ".join(f"{what} {version}" for what, version in one.versions.items())
        for name, (one, *_) in by_name.items()
    ]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
