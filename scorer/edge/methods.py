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


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC: full name of its service, its name, what it does and where."""

    service: str
    name: str
    call: UnaryCall
    lane: Lane


def parse[M: Message](kind: type[M], payload: bytes) -> M:
    """Read a message.

    Raises:
        InvalidRequestError: The bytes are not one.
    """
    try:
        return kind.FromString(payload)
    except DecodeError as exc:
        raise InvalidRequestError(f"the request is not a {kind.DESCRIPTOR.full_name}") from exc
