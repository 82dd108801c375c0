"""What measuring drift fails at.

Tree::

    TrainingError
    └── DriftError
        ├── DamagedReferenceError  a reference cannot be read, or is of another contract
        ├── NoReferenceError       a version was registered without one
        ├── ShortReferenceError    a reference is of too few days for a verdict, ever
        ├── TooFewPaymentsError    a window holds too little for a verdict
        ├── WindowError            a window is not of whole days
        └── NoReportError          nothing was measured yet
"""

from training.errors import TrainingError


class DriftError(TrainingError):
    """Drift cannot be measured or shown."""


class DamagedReferenceError(DriftError):
    """A reference cannot be read, or does not fit what is compared with it."""


class NoReferenceError(DriftError):
    """A version was registered without a reference."""


class ShortReferenceError(DriftError):
    """A reference is of too few days to know how far days are from each other."""


class TooFewPaymentsError(DriftError):
    """A window holds too few payments for a verdict."""


class WindowError(DriftError):
    """A window is not of whole days."""


class NoReportError(DriftError):
    """Nothing was measured yet."""
