"""The file of payments that the client sends: length-delimited ``fraud.v1.ScoreRequest``."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from google.protobuf.proto import parse_length_prefixed, serialize_length_prefixed

from fraud.v1.scoring_pb2 import ScoreRequest


def write_requests(path: Path, requests: Iterable[ScoreRequest]) -> int:
    """Write requests in order; returns how many.

    Raises:
        OSError: The file cannot be written.
    """
    buffer = BytesIO()
    count = 0
    for request in requests:
        serialize_length_prefixed(request, buffer)
        count += 1
    path.write_bytes(buffer.getbuffer())
    return count


def read_requests(path: Path) -> Iterator[ScoreRequest]:
    """Read them back.

    Raises:
        OSError: The file cannot be read.
        google.protobuf.message.DecodeError: A message is damaged.
    """
    buffer = BytesIO(path.read_bytes())
    while (request := parse_length_prefixed(ScoreRequest, buffer)) is not None:
        yield request
