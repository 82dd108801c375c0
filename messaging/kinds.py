"""Which messages travel on which topic."""

from typing import Final

from google.protobuf.message import Message

from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import FeatureVector, Prediction
from fraud.v1.stream_pb2 import DeadLetter, StreamProgress
from fraud.v1.transaction_pb2 import Transaction
from messaging.topics import DEAD_LETTERS, DECISIONS, FEATURE_VECTORS, LABELS, RAW_TRANSACTIONS

KINDS_BY_TOPIC: Final[dict[str, tuple[type[Message], ...]]] = {
    RAW_TRANSACTIONS: (Transaction,),
    FEATURE_VECTORS: (FeatureVector, StreamProgress),
    DECISIONS: (Prediction,),
    LABELS: (Label,),
    DEAD_LETTERS: (DeadLetter,),
}
"""By topic, its name without prefix; what a message without a header is taken for comes first."""

KINDS: Final[dict[str, type[Message]]] = {
    kind.DESCRIPTOR.full_name: kind for kinds in KINDS_BY_TOPIC.values() for kind in kinds
}
"""By full name, such as ``fraud.v1.Transaction``."""
