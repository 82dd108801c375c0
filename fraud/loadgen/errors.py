"""What can go wrong around the load client; a failed call is a figure of the report, not an error.

::

    LoadgenError (Exception)
    ├── ClientBuildError    the client is not there and cannot be built
    └── ClientRunError      the client could not do or finish its run
"""


class LoadgenError(Exception):
    """Anything of the load client."""


class ClientBuildError(LoadgenError):
    """The client is not there and cannot be built."""


class ClientRunError(LoadgenError):
    """The client could not do or finish its run."""
