"""What is measured: the steps of a score one by one, the whole, and a ruler beside them.

Each case gives a function of the call's number; equal numbers
are equal payments, so that every run does the same work.
"""

import hashlib
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features_rs import Store, Turns, contract
from fraud.settings import DecisionSettings
from fraud.v1.scoring_pb2 import ScoreRequest
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, Transaction
from scorer.features.convert import to_event
from scorer.features.labels import LabelBook
from scorer.features.payments import PaymentIndex
from scorer.features.state import LiveState
from scorer.judge import Judge
from scorer.model.bundle import ModelBundle
from scorer.model.cache import ModelCache
from scorer.model.holder import ModelHolder
from scorer.model.native import NativeModels, load_runtime
from scorer.model.session import ModelSession
from scorer.model.source import CHAMPION, DirectorySource
from scorer.native import engine_of
from scorer.pipeline import ScoringPipeline
from scorer.sinks.native import NativeOutbox
from scorer.sinks.outbox import Outbox
from scorer.validation import validate

type Call = Callable[[int], object]

TREES = 300
BEGIN_SECONDS = 1_700_000_000
RULER = "ruler"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What cases are made from.

    Args:
        scratch: An empty folder.
        bundle: Folder of a model of 300 trees, made before anything is measured.
    """

    scratch: Path
    bundle: Path


def request(number: int) -> ScoreRequest:
    """Payment ``number`` of a small world: 500 accounts, 50 merchants, 8 categories."""
    transaction = Transaction(
        transaction_id=f"payment-{number:09d}",
        account_id=f"account-{number * 7919 % 500}",
        merchant_id=f"merchant-{number * 104729 % 50}",
        category=f"{5400 + number * 31 % 8}",
        amount_minor=100 + number * 2654435761 % 20_000,
        currency="EUR",
        channel=CHANNEL_ECOMMERCE,
        country="DE",
        device_id=f"device-{number * 7919 % 500}",
        utc_offset_minutes=60,
    )
    transaction.event_time.seconds = BEGIN_SECONDS + 30 * number
    return ScoreRequest(transaction=transaction)


def ruler(_: Inputs) -> Call:
    """Interpreter, allocator, hashing and copying, in code that is not ours."""
    data = {"name": "ruler", "values": list(range(40)), "nested": {"a": [1.5, None, "text"] * 6}}

    def call(number: int) -> object:
        text = json.dumps(data)
        digest = hashlib.sha256(text.encode()).digest()
        words = struct.unpack("<8I", digest)
        return sorted(json.loads(text)["values"], key=lambda each: words[each % 8] ^ number)

    return call


def validating(_: Inputs) -> Call:
    """The rules of the wire contract."""
    return lambda number: validate(request(number))


def assembling(_: Inputs) -> Call:
    """A message to the kernel's terms, its features, its place in the state."""
    store = Store()
    row = np.empty((1, len(contract().names)), np.float32)
    return lambda number: store.assemble_and_record(to_event(request(number).transaction), row)


def running_model(inputs: Inputs) -> Call:
    """ONNX Runtime on one row, 300 trees."""
    bundle = ModelBundle.read(inputs.bundle)
    session, rows = ModelSession(bundle.model), bundle.golden_rows
    return lambda number: session.probability(rows[number % len(rows)][np.newaxis])


def appending(inputs: Inputs) -> Call:
    """A decision of ordinary size into the outbox."""
    outbox = Outbox(inputs.scratch / "outbox.sqlite", "normal")
    payload, digest = bytes(700), bytes(32)
    return lambda number: outbox.append_prediction(f"payment-{number:09d}", digest, payload)


def scoring(inputs: Inputs) -> Call:
    """A request's bytes to an answer's, all that an edge calls."""
    pipeline = build_pipeline(inputs)
    return lambda number: pipeline.score(
        ScoreRequest.FromString(request(number).SerializeToString())
    ).SerializeToString()


def scoring_natively(inputs: Inputs) -> Call:
    """The same without Python, as the native edge calls it."""
    load_runtime()
    store, outbox = Store(), NativeOutbox(inputs.scratch / "outbox.sqlite", "normal")
    engine = engine_of(store, outbox, Turns(), label_book(inputs, store, outbox))
    models = model_holder(inputs)
    NativeModels(engine, models, copies=1)
    models.load()

    def call(number: int) -> object:
        answer = engine.score(request(number).SerializeToString())
        if answer is None:
            raise RuntimeError(f"payment {number} was left to Python")
        return answer

    return call


def build_pipeline(inputs: Inputs) -> ScoringPipeline:
    """The scorer's own, with a model of 300 trees and an empty state."""
    features, store = contract(), Store()
    outbox = Outbox(inputs.scratch / "outbox.sqlite", "normal")
    labels = label_book(inputs, store, outbox)
    state = LiveState(store, outbox, labels, inputs.scratch / "state.bin")
    models = model_holder(inputs)
    models.load()
    pipeline = ScoringPipeline(outbox, state, Judge(models, None), features)
    pipeline.warm_up()
    return pipeline


def label_book(inputs: Inputs, store: Store, outbox: Outbox) -> LabelBook:
    """An empty one."""
    return LabelBook(store, outbox, PaymentIndex(inputs.scratch / "payments.sqlite"))


def model_holder(inputs: Inputs) -> ModelHolder:
    """A holder that finds the model when it loads."""
    folder = inputs.scratch
    ModelBundle.read(inputs.bundle).write(folder / "models" / CHAMPION)
    source = DirectorySource(folder / "models", "fraud")
    return ModelHolder(source, ModelCache(folder / "cache"), contract(), DecisionSettings())


CASES: dict[str, Callable[[Inputs], Call]] = {
    RULER: ruler,
    "validate": validating,
    "assemble": assembling,
    "model": running_model,
    "append": appending,
    "score": scoring,
    "native": scoring_natively,
}
