"""The Open Inference Protocol, as far as one row needs it (https://github.com/kserve/open-inference-protocol)."""

from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

METHOD = "/inference.GRPCInferenceService/ModelInfer"
_STRING, _INT64, _BYTES, _MESSAGE, _FLOAT = 9, 3, 12, 11, 2
_ONE, _MANY = 1, 3
_FIELDS: dict[str, list[tuple[str, int, int, int, str]]] = {
    "Contents": [("fp32_contents", 6, _FLOAT, _MANY, "")],
    "Tensor": [
        ("name", 1, _STRING, _ONE, ""),
        ("datatype", 2, _STRING, _ONE, ""),
        ("shape", 3, _INT64, _MANY, ""),
        ("contents", 5, _MESSAGE, _ONE, "Contents"),
    ],
    "Request": [
        ("model_name", 1, _STRING, _ONE, ""),
        ("inputs", 5, _MESSAGE, _MANY, "Tensor"),
        ("raw_input_contents", 7, _BYTES, _MANY, ""),
    ],
    "Response": [
        ("model_name", 1, _STRING, _ONE, ""),
        ("outputs", 5, _MESSAGE, _MANY, "Tensor"),
        ("raw_output_contents", 6, _BYTES, _MANY, ""),
    ],
}


def _make() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(
        name="rivals/open_inference.proto", package="rivals", syntax="proto3"
    )
    for message, fields in _FIELDS.items():
        made = file.message_type.add(name=message)
        for name, number, kind, label, of in fields:
            field = made.field.add(name=name, number=number)
            field.type, field.label = kind, label  # type: ignore[assignment]
            if of:
                field.type_name = f".rivals.{of}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"rivals.{name}"))
        for name in _FIELDS
    }


_CLASSES = _make()


def infer_request(row: npt.NDArray[np.float32], model: str = "fraud") -> bytes:
    """A request for float32 [features], its values as raw bytes: the quicker of the two forms."""
    request = _CLASSES["Request"](model_name=model)
    request.inputs.add(name="features", datatype="FP32", shape=[1, len(row)])
    request.raw_input_contents.append(row.tobytes())
    return bytes(request.SerializeToString())


def probability_of(response: bytes) -> float:
    """The first value of the first output; raises ValueError where there is none."""
    read = _CLASSES["Response"].FromString(response)
    if read.raw_output_contents:
        return float(np.frombuffer(read.raw_output_contents[0], np.float32)[0])
    if not read.outputs:
        raise ValueError("no output")
    return float(read.outputs[0].contents.fp32_contents[0])
