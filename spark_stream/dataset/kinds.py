"""Which entity each feature is of.

A feature rests on the state of one entity, so the features of a payment may be computed entity by
entity, on different machines, and put side by side.

>>> sum(len(kind.features) for kind in KINDS.values()) == len(contract().names)
True
>>> KINDS["device"].features
('device_accounts_30d',)
"""

from typing import Final, NamedTuple

from features_rs import contract


class Kind(NamedTuple):
    """A kind of entity.

    Args:
        column: Of a payment, that names the entity.
        features: Their names, in the contract's order.
    """

    column: str
    features: tuple[str, ...]


def _kind_of(feature: str) -> str:
    for prefix, kind in (
        ("merchant_", "merchant"),
        ("category_", "category"),
        ("device_accounts_", "device"),
    ):
        if feature.startswith(prefix):
            return kind
    # What needs no state, or which devices an account has paid with, comes along with the account.
    return "account"


def _features_of(kind: str) -> tuple[str, ...]:
    return tuple(name for name in contract().names if _kind_of(name) == kind)


KINDS: Final = {
    "account": Kind("account_id", _features_of("account")),
    "merchant": Kind("merchant_id", _features_of("merchant")),
    "category": Kind("category", _features_of("category")),
    "device": Kind("device_id", _features_of("device")),
}
LABELLED: Final = ("merchant", "category")
"""Kinds whose state labels change."""
