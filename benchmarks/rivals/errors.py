"""What ends the comparison before it has a result.

::

    RivalsError (Exception)
    ├── ClientError         the client cannot be built, or failed
    ├── NotInstalledError   a rival is not installed
    ├── StartError          a server did not start
    └── WrongAnswerError    a server did not answer what the model gives
"""


class RivalsError(Exception):
    """Anything of this comparison."""


class ClientError(RivalsError):
    """The client cannot be built, or failed."""


class NotInstalledError(RivalsError):
    """A rival is not installed."""


class StartError(RivalsError):
    """A server did not start."""


class WrongAnswerError(RivalsError):
    """A server did not answer what the model gives."""
