"""What ends the benchmark before it has a result.

::

    BenchmarkError (Exception)
    ├── ServerError         the scorer did not start
    └── WrongAnswerError    it did not answer what the offline recomputation gives
"""


class BenchmarkError(Exception):
    """Anything of this benchmark."""


class ServerError(BenchmarkError):
    """The scorer did not start."""


class WrongAnswerError(BenchmarkError):
    """The scorer did not answer what the offline recomputation gives."""
