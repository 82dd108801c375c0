"""``docs/features.md``: the feature contract as the kernel states it."""

from itertools import groupby

from features_rs import BASE_CURRENCY, Contract, Feature
from tools.markdown import table

_SEMANTICS = f"""\
How to read it:

- A payment's features tell what was known just before it: never the payment itself, never a label
  that was learned later than the payment's event time. Payments with the same event time are
  ordered by transaction id.
- All times are event times. A window of up to 24 h reaches back from the payment's event time,
  exact to the event; 7 d and 30 d are that many UTC days, the payment's own day included.
- A payment that arrives out of order, within the lateness bound, changes nothing in the outcome:
  the features are those of the ordered stream. A later one is counted and reported.
- Memory is bounded: of a day on which an entity has more than `kept_a_day` payments, a uniform
  sample is kept, of that many at most, and its counts and sums are scaled up.
- A repeated transaction id changes nothing.
- Amounts are compared in {BASE_CURRENCY}, by the rates below, which are part of the contract.
- NaN means missing. `default` is the value when there is nothing to compute from.
- The digest is taken over all of this. It travels with every model, prediction and saved state,
  and where two digests differ the kernel and the scorer refuse to mix them.
"""


def feature_page(contract: Contract) -> str:
    """The page of a contract, in Markdown."""
    sections = [
        f"# Feature contract {contract.version}",
        f"{len(contract.features)} features, all float32. Digest `{contract.digest}`.",
        _SEMANTICS.rstrip(),
        *_families(contract),
        f"## Parameters\n\n{_parameters(contract)}",
        f"## Currencies\n\nOne minor unit in minor units of {BASE_CURRENCY}.\n\n{_rates(contract)}",
    ]
    return "\n\n".join(sections)


def _families(contract: Contract) -> list[str]:
    headings = ["#", "feature", "unit", "window", "default", "reason code", "meaning"]
    numbered = list(enumerate(contract.features))
    return [
        f"## {family.capitalize()}\n\n{table(headings, [_row(*entry) for entry in entries])}"
        for family, entries in groupby(numbered, key=lambda entry: entry[1].family)
    ]


def _row(position: int, feature: Feature) -> list[str]:
    return [
        str(position),
        f"`{feature.name}`",
        feature.unit,
        feature.window,
        "NaN" if feature.default != feature.default else f"{feature.default:.6g}",
        f"`{feature.reason_code}`",
        feature.meaning,
    ]


def _parameters(contract: Contract) -> str:
    rows = [[f"`{name}`", f"{value:g}"] for name, value in sorted(contract.parameters.items())]
    return table(["parameter", "value"], rows)


def _rates(contract: Contract) -> str:
    rows = [[code, f"{top}/{bottom}"] for code, (top, bottom) in sorted(contract.rates.items())]
    return table(["currency", "rate"], rows)
