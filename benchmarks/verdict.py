"""What a benchmark says of a bar."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bar, held against what was found."""

    bar: str
    found: str
    met: bool
