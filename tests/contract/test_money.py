"""Money is never a float on the wire: every float there is listed here, and none is an amount."""

from dataclasses import dataclass

from google.protobuf.descriptor import FieldDescriptor

from tools.golden import MESSAGES

FLOATS = {
    "fraud.v1.Coordinates.latitude",
    "fraud.v1.Coordinates.longitude",
    "fraud.v1.FeatureVector.NamedFeaturesEntry.value",
    "fraud.v1.Model.decline_threshold",
    "fraud.v1.Model.review_threshold",
    "fraud.v1.Prediction.decline_threshold",
    "fraud.v1.Prediction.features",
    "fraud.v1.Prediction.review_threshold",
    "fraud.v1.Reason.weight",
    "fraud.v1.ScoreResponse.probability",
    "fraud.v1.Transaction.ratio_to_usual",
}


@dataclass(frozen=True)
class Field:
    """A field of the contract: its full name and its C++ type's number."""

    name: str
    kind: int


def _fields() -> list[Field]:
    top = [kind.DESCRIPTOR for kind in MESSAGES.values()]
    nested = [inner for descriptor in top for inner in descriptor.nested_types]
    return [
        Field(field.full_name, field.cpp_type)
        for descriptor in [*top, *nested]
        for field in descriptor.fields
    ]


def test_floats_are_the_ones_that_are_known_not_to_be_money() -> None:
    floats = (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)
    assert {field.name for field in _fields() if field.kind in floats} == FLOATS


def test_amounts_are_integers_in_minor_units() -> None:
    amounts = [field for field in _fields() if "amount" in field.name]
    assert amounts == [
        Field("fraud.v1.Transaction.amount_minor", FieldDescriptor.CPPTYPE_INT64),
    ]
