"""The feature kernel: one definition of every feature, for serving, streaming and training.

>>> from array import array
>>> from features_rs import Event, Store, contract
>>> store, row = Store(), array("f", bytes(4 * len(contract().features)))
>>> first = Event(transaction_id="t1", account_id="a1", merchant_id="m1", category="5411",
...               amount_minor=1250, currency="EUR", event_time_us=1_700_000_000_000_000)
>>> store.assemble_and_record(first, row)
'recorded'
>>> row[contract().index("account_count_24h")]  # scored on what was known before it
0.0
>>> store.assemble_and_record(first, row)  # a repeat changes nothing
'duplicate'
"""

from features_rs._kernel import (
    BASE_CURRENCY,
    Advance,
    Call,
    Contract,
    ContractMismatchError,
    Engine,
    Event,
    Feature,
    InvalidEventError,
    KernelError,
    Label,
    MergeReport,
    NativeModel,
    OutboxFile,
    RecordReport,
    Server,
    StateError,
    Store,
    Turns,
    WaitingIds,
    advance,
    contract,
    load_onnxruntime,
    shard_of,
)

__all__ = [
    "BASE_CURRENCY",
    "Advance",
    "Call",
    "Contract",
    "ContractMismatchError",
    "Engine",
    "Event",
    "Feature",
    "InvalidEventError",
    "KernelError",
    "Label",
    "MergeReport",
    "NativeModel",
    "OutboxFile",
    "RecordReport",
    "Server",
    "StateError",
    "Store",
    "Turns",
    "WaitingIds",
    "advance",
    "contract",
    "load_onnxruntime",
    "shard_of",
]
