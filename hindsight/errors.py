"""What goes wrong in looking back at a decision.

Tree::

    HindsightError
    ├── UnexplainableError   a model's decisions cannot be explained by TreeSHAP; says why
    ├── UnreplayableError    a decision cannot be made again here; says why
    └── NothingKnownError    there is nothing to report on; says what is missing
"""


class HindsightError(Exception):
    """Base of all errors of this package."""


class UnexplainableError(HindsightError):
    """A model's decisions cannot be explained."""


class UnreplayableError(HindsightError):
    """A decision cannot be made again."""


class NothingKnownError(HindsightError):
    """There is nothing to report on."""
