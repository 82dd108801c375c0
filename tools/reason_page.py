"""``docs/reason-codes.md``: the public reason codes, in words, and the features behind each."""

from collections import defaultdict

from features_rs import Contract
from fraud.reasons import reason_text
from tools.markdown import table

_INTRODUCTION = """\
# Reason codes

A payment that is not approved carries the codes of what spoke against it, weightiest first. The
weight of a code in the answer is how much of the probability falls away when the features behind it
are set to their ordinary values. The codes are stable: gateways may branch on them and show them to
analysts.

Behind the outbox every payment, approved ones too, is explained exactly by TreeSHAP
(`fraud explain`): what each feature added to the log odds is in the table `explanations`, and
`fraud explanation ID` prints it. There the weight of a code is the sum of what the features behind
it added; only a code that added something is given as a reason.

The text for the bank is what the bank of the cardholder may be told and may pass on: it says what
spoke against the payment, and not how to get around it.\
"""
_HEADINGS = ["code", "for an analyst", "for the cardholder's bank", "features behind it"]


def reason_page(contract: Contract) -> str:
    """The page of a contract, in Markdown."""
    features = defaultdict(list)
    for feature in contract.features:
        features[feature.reason_code].append(f"`{feature.name}`")
    rows = [
        [f"`{code}`", reason_text(code).analyst, reason_text(code).bank, ", ".join(names)]
        for code, names in sorted(features.items())
    ]
    return f"{_INTRODUCTION}\n\n{table(_HEADINGS, rows)}"
