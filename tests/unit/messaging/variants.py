"""Other versions of ``fraud.v1.Transaction``, compiled as a producer of another build has them."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

PROTO = Path(__file__).resolve().parents[3] / "proto"
NAME = "fraud.v1.Transaction"

type Edit = tuple[str, str]
"""A text that is once in transaction.proto, and what stands in its place."""

ADDED: Edit = (
    "  optional sint32 utc_offset_minutes = 14",
    "  optional string wallet_id = 16;\n  optional sint32 utc_offset_minutes = 14",
)
RENAMED: Edit = (ADDED[0], ADDED[1].replace("wallet_id", "payment_token"))
# Its whole declaration goes, its number and name are never to be used again.
REMOVED: Edit = (
    "  optional string ip_prefix = 13 [(buf.validate.field).string.ip_prefix = true];\n",
    '  reserved 13;\n  reserved "ip_prefix";\n',
)


@dataclass(frozen=True, slots=True)
class Variant:
    """A version of the message.

    Args:
        number: Its schema version.
        kind: Its class, of a descriptor pool of its own.
    """

    number: int
    kind: Any

    def encode(self, message: Message, **more: object) -> bytes:
        """A message of this build, as that version would write it, with more fields set."""
        made = self.kind.FromString(message.SerializeToString())
        for name, value in more.items():
            setattr(made, name, value)
        made.DiscardUnknownFields()
        return bytes(made.SerializeToString())


def compile_variant(folder: Path, number: int, *edits: Edit) -> Variant:
    """The message with its declaration edited."""
    tree = Path(shutil.copytree(PROTO, folder / f"v{number}"))
    path = tree / "fraud" / "v1" / "transaction.proto"
    text = path.read_text()
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text)
    compiled = tree / "set.binpb"
    command = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={tree}"]
    command += ["--include_imports", f"--descriptor_set_out={compiled}", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(compiled.read_bytes()).file:
        pool.AddSerializedFile(file.SerializeToString())
    return Variant(number, GetMessageClass(pool.FindMessageTypeByName(NAME)))
