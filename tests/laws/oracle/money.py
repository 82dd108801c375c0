"""Amounts in one currency, by the contract's rate table, in integers."""

from features_rs import contract

RATES = contract().rates


def to_base(amount_minor: int, currency: str) -> int:
    """Minor units of the base currency, half to even."""
    numerator, denominator = RATES[currency]
    quotient, remainder = divmod(amount_minor * numerator, denominator)
    if 2 * remainder > denominator or (2 * remainder == denominator and quotient % 2 == 1):
        quotient += 1
    return quotient
