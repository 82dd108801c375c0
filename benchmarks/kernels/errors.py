"""What stops a benchmark of the kernel.

::

    KernelBenchmarkError
    ├── WrongAnswerError   the kernel and the oracle differ: nothing is timed
    └── NativeBenchmarkError   a compiled benchmark does not build or run
"""


class KernelBenchmarkError(Exception):
    """Any of them."""


class WrongAnswerError(KernelBenchmarkError):
    """The kernel and the oracle differ."""


class NativeBenchmarkError(KernelBenchmarkError):
    """A compiled benchmark does not build or run."""
