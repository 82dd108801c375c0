"""What can go wrong while payments are produced.

Tree::

    SimulatorError
    └── ProduceError           base of these; carries what to do about it
        ├── ArrivalsError      a rate or its shape is out of range
        ├── ReplayError        a data set cannot be replayed
        └── ResumeError        a checkpoint cannot be used
"""

from simulator.errors import SimulatorError


class ProduceError(SimulatorError):
    """Payments cannot be produced.

    Args:
        message: With the value at fault.
        hint: What to do about it.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.hint = hint

    def __str__(self) -> str:
        return str(self.args[0])


class ArrivalsError(ProduceError):
    """A rate or its shape is out of range."""


class ReplayError(ProduceError):
    """A data set cannot be replayed."""


class ResumeError(ProduceError):
    """A checkpoint cannot be used: it is another run's, or not a checkpoint."""
