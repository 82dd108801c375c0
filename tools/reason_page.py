"""``docs/reason-codes.md``: the public reason codes and the features behind each."""

from collections import defaultdict

from features_rs import Contract
from tools.markdown import table

_INTRODUCTION = """\
# Reason codes

A payment that is not approved carries the codes of what spoke against it, weightiest first. The
weight of a code is how much of the probability falls away when the features behind it are set to
their ordinary values. The codes are stable: gateways may branch on them and show them to analysts.\
"""


def reason_page(contract: Contract) -> str:
    """The page of a contract, in Markdown."""
    features = defaultdict(list)
    for feature in contract.features:
        features[feature.reason_code].append(f"`{feature.name}`")
    rows = [[f"`{code}`", ", ".join(names)] for code, names in sorted(features.items())]
    return f"{_INTRODUCTION}\n\n{table(['code', 'features behind it'], rows)}"
