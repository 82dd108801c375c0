"""Who is at work."""

import getpass
import os
import socket


def whoami() -> str:
    """Who is at work, as the ledger is told unless it is told otherwise.

    >>> whoami().count("@")
    1
    """
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        name = f"uid {os.getuid()}"
    return f"{name}@{socket.gethostname()}"
