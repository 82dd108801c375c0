"""What ends the check before it has a result.

::

    RegressError (Exception)
    ├── CountingError   valgrind did not run the program to its end
    └── BaselineError   there is no record to compare with, or not of these cases
"""


class RegressError(Exception):
    """Anything of this check."""


class CountingError(RegressError):
    """Valgrind did not run the program to its end."""


class BaselineError(RegressError):
    """There is no record to compare with, or not of these cases."""
