"""Writes the wire bytes of the golden messages, ``tests/contract/golden/<release>/*.json``.

Bytes that are there stay as they are: they are what a released version once sent. Run it as
``python -m tools.golden`` after adding a message or a field.
"""

from pathlib import Path

from google.protobuf import json_format
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from fraud.v1 import (
    admin_pb2,
    label_pb2,
    records_pb2,
    scoring_pb2,
    stream_pb2,
    transaction_pb2,
)

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "contract" / "golden"
MESSAGES = {
    name: GetMessageClass(descriptor)
    for file in (admin_pb2, label_pb2, records_pb2, scoring_pb2, stream_pb2, transaction_pb2)
    for name, descriptor in file.DESCRIPTOR.message_types_by_name.items()
}
"""Every message of the contract by name."""


def golden_files() -> list[Path]:
    """The JSON of every golden message, named ``<Message>.json`` or ``<Message>.<case>.json``."""
    return sorted(GOLDEN.glob("*/*.json"))


def golden_message(path: Path) -> Message:
    """The message that a golden JSON file tells."""
    message = MESSAGES[path.name.split(".")[0]]()
    return json_format.Parse(path.read_text(encoding="utf-8"), message)


def main() -> None:
    """Write the bytes that are not there yet."""
    for path in golden_files():
        target = path.with_suffix(".binpb")
        if not target.exists():
            target.write_bytes(golden_message(path).SerializeToString(deterministic=True))
            print(f"Wrote {target.relative_to(GOLDEN)}")


if __name__ == "__main__":
    main()
