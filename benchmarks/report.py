"""Writes what was measured last into ``docs/performance.md``: ``python -m benchmarks.report``.

Reads the JSON that ``benchmarks.load`` and ``benchmarks.growth`` left behind, draws two pictures,
and replaces what stands between the markers of each; the rest of the page is written by people.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks import pictures
from benchmarks.growth.curves import TOLD
from benchmarks.load.case import Edge, Load

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
PICTURES = ROOT / "docs" / "pictures"
LOAD = ROOT / "benchmarks" / "load" / "results" / "latest.json"
GROWTH = ROOT / "benchmarks" / "growth" / "results" / "latest.json"

type Json = dict[str, Any]


@app.command()
def main(
    load: Annotated[Path, typer.Option(help="Of benchmarks.load.")] = LOAD,
    growth: Annotated[Path, typer.Option(help="Of benchmarks.growth.")] = GROWTH,
    page: Annotated[Path, typer.Option(help="That is written.")] = PAGE,
    folder: Annotated[Path, typer.Option(help="For the pictures.")] = PICTURES,
) -> None:
    """Write the parts whose results are there; exits 1 when there are none."""
    text, written = page.read_text(), False
    if load.is_file():
        result = json.loads(load.read_text())
        folder.mkdir(parents=True, exist_ok=True)
        pictures.draw_stages(result, folder / "stages.svg")
        pictures.draw_latency(result, folder / "wire.svg")
        text, written = replace_part(text, "load", load_part(result)), True
    if growth.is_file():
        text = replace_part(text, "growth", growth_part(json.loads(growth.read_text())))
        written = True
    if not written:
        typer.echo(f"There is neither {load} nor {growth}: run `make bench` first.", err=True)
        raise typer.Exit(1)
    page.write_text(text)


def replace_part(text: str, name: str, part: str) -> str:
    r"""The page with what stands between two markers replaced.

    Raises:
        ValueError: The page has no such markers.

    >>> replace_part("<!-- load -->\nold\n<!-- /load -->", "load", "new")
    '<!-- load -->\nnew\n<!-- /load -->'
    """
    first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(first)
    _, ended, after = rest.partition(last)
    if not found or not ended:
        raise ValueError(f"Failed to find `{first}` and `{last}` in the page")
    return f"{before}{first}\n{part}\n{last}{after}"


def load_part(result: Json) -> str:
    """Machine, tables, bars and pictures of the load benchmark."""
    lines = [
        _where(result),
        "",
        _checked(result),
        "",
        *_table(["edge", "load", "ping P50 / P99", "score P50 / P99", "minus ping P50", "CPU, us",
                 "instructions"], [_load_row(each) for each in result["summaries"]]),
        "",
        *_table(["bar", "found", "judged", ""], [
            [each["bar"], each["found"], each["basis"], _bold(each["outcome"])]
            for each in result["verdicts"]
        ]),
        "",
        "![Where the mean microsecond of a score goes](pictures/stages.svg)",
        "",
        "![P50 and P99 of ping and score by load](pictures/wire.svg)",
    ]  # fmt: skip
    return "\n".join(lines)


def growth_part(result: Json) -> str:
    """One table for each curve, and the bars."""
    lines = [_where(result)]
    for curve in dict.fromkeys(point["curve"] for point in result["points"]):
        points = [point for point in result["points"] if point["curve"] == curve]
        names = list(dict.fromkeys(name for point in points for name in point["figures"]))
        rows = [
            [point["at"], *(_number(point["figures"].get(name)) for name in names)]
            for point in points
        ]
        lines += ["", *_table([curve, *(TOLD[name] for name in names)], rows)]
    rows = [
        [each["bar"], each["found"], _bold("met" if each["met"] else "missed")]
        for each in result["verdicts"]
    ]
    return "\n".join([*lines, "", *_table(["bar", "found", ""], rows)])


def _checked(result: Json) -> str:
    checked = result["checked"]
    return (
        f"{result['accounts']:,} accounts of state; {result['repeats']} repeats, edges by turns. "
        f"Every answer equals an offline recomputation: {checked['in_order']:,} in the order of "
        f"sending, {checked['overtaking']:,} with payments under way not yet known."
    )


def _where(result: Json) -> str:
    origin, host = result["origin"], result["host"]
    return (
        f"Commit `{origin['commit']}`, {origin['date']}; {host['processor']}, {host['cores']} "
        f"cores, load {host['load_average']:.2f}; Python {origin['python']}, "
        f"grpcio {origin['grpcio']}, "
        f"ONNX Runtime {origin['onnxruntime']}. The ruler: a 10 ms sleep oversleeps "
        f"{host['oversleep_p50_us']:.0f} / {host['oversleep_p99_us']:.0f} us (P50 / P99), a byte "
        f"to another process and back takes {host['ping_pong_p50_us']:.0f} / "
        f"{host['ping_pong_p99_us']:.0f}, a spinning thread loses {host['lost_percent']:.1f}% of "
        f"its time. Microseconds unless said."
    )


def _load_row(summary: Json) -> list[str]:
    figures = summary["figures"]
    counted = summary["instructions_a_call"]
    return [
        Edge(**summary["edge"]).name,
        Load(**summary["load"]).name,
        f"{_spread(figures['ping_p50_us'])} / {_spread(figures['ping_p99_us'])}",
        f"{_spread(figures['score_p50_us'])} / {_spread(figures['score_p99_us'])}",
        _spread(figures["extra_p50_us"]),
        _spread(figures["server_cpu_us"]),
        "not counted here" if counted is None else f"{counted:,.0f}",
    ]


def _spread(spread: dict[str, float]) -> str:
    return f"{spread['median']:,.0f} ({spread['low']:,.0f}-{spread['high']:,.0f})"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.4g}"


def _bold(outcome: str) -> str:
    return outcome if outcome == "met" else f"**{outcome}**"


def _table(headings: list[str], rows: list[list[str]]) -> list[str]:
    lines = [headings, ["---"] * len(headings), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


if __name__ == "__main__":
    app()
