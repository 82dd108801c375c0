"""What is said of a run that was run again."""

from rich.console import Console

from training.reproduce import TOLERANCE, Difference, Reproduction


def print_reproduction(result: Reproduction) -> None:
    """Say whether it came out the same, and what did not; a line for each difference."""
    told = f"not reproduced: run {result.run_id}; what came out otherwise:"
    why = "circumstances that differ, and may be why:"
    if result.same:
        told = (
            f"reproduced: run {result.run_id}, {result.metrics} metrics within {TOLERANCE:g} "
            "and the same model bit for bit"
        )
        why = "circumstances that differ, which made no difference:"
    elif not result.metrics:
        told = f"not run again: run {result.run_id} learned from something else:"
    # Digests are to be copied: no line is broken, nothing is shortened.
    console = Console(soft_wrap=True, highlight=False)
    console.print(told)
    _print_each(console, result.differences)
    if result.circumstances:
        console.print(why)
        _print_each(console, result.circumstances)


def _print_each(console: Console, differences: tuple[Difference, ...]) -> None:
    for each in differences:
        console.print(f"  {each}", markup=False)
