"""Who is at work."""

import getpass
import socket


def whoami() -> str:
    """Who is at work, as the ledger is told unless it is told otherwise.

    >>> whoami().count("@")
    1
    """
    return f"{getpass.getuser()}@{socket.gethostname()}"
