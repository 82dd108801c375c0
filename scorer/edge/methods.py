"""The methods of all services, without a server: bytes in, bytes out, errors raised.

Servers hand the raw bytes over, so that malformed ones are answered like any other bad request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from google.protobuf.message import DecodeError, Message

from scorer.errors import InvalidRequestError

type UnaryCall = Callable[[bytes], bytes]


class Lane(Enum):
    """Where a method runs."""

    HOT = "hot"
    """With the payments: microseconds, no waiting."""
    SIDE = "side"
    """Aside: may read files or ask the registry."""
    STREAM = "stream"
    """One call for each message of a bidirectional stream; never raises."""


def ignore(_: Exception) -> None:
    """Of methods that nobody counts."""


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC.

    Args:
        service: Full name of its service.
        name: Its own.
        call: What it does.
        lane: Where.
        refused: Told of a call that the server turned away before it.
    """

    service: str
    name: str
    call: UnaryCall
    lane: Lane
    refused: Callable[[Exception], None] = ignore


def parse[M: Message](kind: type[M], payload: bytes) -> M:
    """Read a message.

    Raises:
        InvalidRequestError: The bytes are not one.
    """
    try:
        return kind.FromString(payload)
    except DecodeError as exc:
        raise InvalidRequestError(f"the request is not a {kind.DESCRIPTOR.full_name}") from exc
