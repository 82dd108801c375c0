"""Ports of the loopback."""

import random
import socket
from typing import Final

HOST = "127.0.0.1"
RANGE: Final = range(20_000, 32_768)
"""Below the ports that systems give to connections, which could take one before it is used."""

_given: set[int] = set()


def free_port() -> int:
    """A TCP port that nothing listens on; within a process, none is given twice."""
    while True:
        port = random.choice(RANGE)  # noqa: S311 - no secret
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        _given.add(port)
        return port


def answers(port: int) -> bool:
    """Whether something listens on a port."""
    try:
        socket.create_connection((HOST, port), timeout=1.0).close()
    except OSError:
        return False
    return True
