"""What each public reason code says, to an analyst and to the bank of the cardholder.

The codes are the feature contract's; the words are here, and only here. The bank's text is in the
style of a statement of specific reasons (12 CFR 1002.9(b)(2)): it says what spoke against the
payment, not how to get around it, and blames nobody.

>>> reason_text("UNUSUAL_TIME").bank
'The payment was made at an hour or on a day that is unusual.'
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ReasonText:
    """A code in words.

    Args:
        analyst: What to look at.
        bank: What the bank of the cardholder may be told, and may pass on.
    """

    analyst: str
    bank: str


REASON_TEXTS: Final[dict[str, ReasonText]] = {
    "CARD_NOT_PRESENT": ReasonText(
        "The card was not read: online, by telephone or from a stored credential.",
        "The card was not present at the payment.",
    ),
    "CATEGORY_RISK": ReasonText(
        "Payments in this merchant category turned out fraudulent more often than usual lately.",
        "Payments of this kind have carried a raised risk lately.",
    ),
    "MERCHANT_ACTIVITY": ReasonText(
        "The merchant's number of payments or of paying accounts is out of the ordinary.",
        "The merchant's activity was unusual around the time of the payment.",
    ),
    "MERCHANT_RISK": ReasonText(
        "Frauds at this merchant are known: look at their rate, and since when they go on.",
        "Payments at this merchant have carried a raised risk lately.",
    ),
    "UNUSUAL_AMOUNT": ReasonText(
        "The amount does not fit what the account usually spends.",
        "The amount is unusual for this account.",
    ),
    "UNUSUAL_DEVICE": ReasonText(
        "The device is new to the account, or shared by many accounts.",
        "The device of the payment is not known to belong to this account.",
    ),
    "UNUSUAL_PLACE": ReasonText(
        "The place is far from the last payment or from where the account usually pays, "
        "or could not have been reached in the time between.",
        "The place of the payment does not fit the account's other payments.",
    ),
    "UNUSUAL_TIME": ReasonText(
        "The hour or the day of the week, local to the payment, speaks for fraud.",
        "The payment was made at an hour or on a day that is unusual.",
    ),
    "VELOCITY_AMOUNT": ReasonText(
        "What the account spent over minutes up to a month is out of the ordinary.",
        "The amounts paid from this account lately are unusual.",
    ),
    "VELOCITY_COUNT": ReasonText(
        "The account's number of payments over minutes up to a month is out of the ordinary.",
        "The number of payments from this account lately is unusual.",
    ),
}


def reason_text(code: str) -> ReasonText:
    """The words of a code; one that this build does not know is its own words."""
    return REASON_TEXTS.get(code, ReasonText(code, code))
