"""What the worker fails at.

Tree::

    WorkerError (Exception)
    ├── RoutingError       the list of scorers cannot be used
    ├── MembershipError    the broker will not have the worker in its group
    ├── RefusedError       the scorer will never decide this payment; carries its reason
    └── NotAnsweredError   the scorer did not decide now; to be asked again
"""

from typing import Literal

Cause = Literal["shed", "away", "failed"]


class WorkerError(Exception):
    """Base of all errors of the worker."""


class RoutingError(WorkerError):
    """The list of scorers cannot be used."""


class MembershipError(WorkerError):
    """The broker will not have the worker in its group."""


class RefusedError(WorkerError):
    """The scorer will never decide this payment; the message is its reason."""


class NotAnsweredError(WorkerError):
    """The scorer did not decide now.

    Args:
        cause: ``shed``, it had too much to do; ``away``, it was not there or not in time;
            ``failed``, something of its own went wrong.
        message: In the scorer's words.
    """

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause: Cause = cause
