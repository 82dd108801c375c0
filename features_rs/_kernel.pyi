"""The native half of :mod:`features_rs`.

Errors::

    KernelError (ValueError)
    ├── InvalidEventError       a field of an event or label is out of range
    ├── ContractMismatchError   state of another feature contract
    └── StateError              state bytes that are damaged or cut short

Every method of :class:`Store` may be called from any thread and releases the GIL where it works
for longer than a few microseconds.
"""

from collections.abc import Buffer, Sequence
from os import PathLike
from typing import Final, Literal, Protocol, final

type EntityKind = Literal["account", "merchant", "category", "device"]
type Outcome = Literal["recorded", "duplicate", "late"]

class ArrowRecordBatch(Protocol):
    """Anything that exports a record batch over the Arrow C data interface (PyCapsule)."""

    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]: ...

BASE_CURRENCY: Final[str]
"""The ISO 4217 currency that all amounts are compared in."""

class KernelError(ValueError): ...
class InvalidEventError(KernelError): ...
class ContractMismatchError(KernelError): ...
class StateError(KernelError): ...

@final
class Event:
    """One payment. Immutable.

    Args:
        transaction_id: Unique; ties in event time are ordered by it.
        account_id: The paying account.
        merchant_id: The paid merchant.
        category: ISO 18245 merchant category code, or the gateway's own.
        amount_minor: In minor units of ``currency``, 0 to 10**15.
        currency: ISO 4217 code that the contract's rate table knows.
        event_time_us: Microseconds since the Unix epoch, 0 to 2100-01-01.
        channel: Number of ``fraud.v1.Channel``; 0 when unknown.
        entry_mode: Number of ``fraud.v1.EntryMode``; 0 when unknown.
        country: ISO 3166-1 alpha-2.
        latitude: Degrees, -90 to 90; given with ``longitude`` or not at all.
        longitude: Degrees, -180 to 180.
        device_id: The paying device.
        ip_prefix: The payer's network; carried, not a feature in contract v1.
        utc_offset_minutes: Minutes that local time is ahead of UTC, -840 to 840.

    Raises:
        InvalidEventError: Naming the field, its value and what is allowed.
    """

    def __new__(
        cls,
        *,
        transaction_id: str,
        account_id: str,
        merchant_id: str,
        category: str,
        amount_minor: int,
        currency: str,
        event_time_us: int,
        channel: int = 0,
        entry_mode: int = 0,
        country: str | None = None,
        latitude: float | None = None,
        longitude: float | None = None,
        device_id: str | None = None,
        ip_prefix: str | None = None,
        utc_offset_minutes: int | None = None,
    ) -> Event: ...

@final
class Label:
    """What became known of a payment, joined with the payment's own keys. Immutable.

    Args:
        transaction_id: The payment.
        merchant_id: Its merchant.
        category: Its category.
        amount_minor: Its amount, in minor units of ``currency``.
        currency: ISO 4217 code that the contract's rate table knows.
        event_time_us: When it was made, microseconds since the Unix epoch.
        known_at_us: When this was learned; it counts in features from then on.
        fraud: Whether it was fraud.
        withdraws: Whether this takes back an earlier label that said fraud (then ``fraud`` is
            false): the earlier label stops counting at ``known_at_us``.
        ratio_to_usual: The payment's ``amount_to_winsorised_mean_30d`` as it was when it was
            decided, 0 to 100; None where the account was new, or nothing decided it.

    Raises:
        InvalidEventError: Naming the field, its value and what is allowed.
    """

    def __new__(
        cls,
        *,
        transaction_id: str,
        merchant_id: str,
        category: str,
        amount_minor: int,
        currency: str,
        event_time_us: int,
        known_at_us: int,
        fraud: bool,
        withdraws: bool = False,
        ratio_to_usual: float | None = None,
    ) -> Label: ...

@final
class Feature:
    """One entry of the contract."""

    name: Final[str]
    family: Final[str]
    unit: Final[str]
    window: Final[str]
    """Such as ``"24 h"``; ``"-"`` when the feature has no window."""
    default: Final[float]
    """The value when there is nothing to compute from; often NaN."""
    meaning: Final[str]
    reason_code: Final[str]
    """The public reason code that a decision resting on this feature gives."""

@final
class Contract:
    """The ordered list of features and everything their values depend on."""

    version: Final[str]
    digest: Final[str]
    """The first 128 bits of SHA-256 over :attr:`text`, 32 hexadecimal digits."""
    features: Final[list[Feature]]
    names: Final[list[str]]
    dtypes: Final[list[str]]
    """``"float32"`` for every feature."""
    parameters: Final[dict[str, float]]
    """Every constant of the definitions: windows, widths, bounds, smoothing."""
    rates: Final[dict[str, tuple[int, int]]]
    """Currency code -> (numerator, denominator): minor units to minor units of the base."""
    text: Final[str]
    """What the digest is taken over."""
    def index(self, name: str) -> int:
        """Position of a feature.

        Raises:
            KeyError: There is no such feature.
        """

def shard_of(entity_id: str, count: int) -> int:
    """Which of ``count`` shards an entity belongs to: xxh3-64 of its name modulo ``count``."""

def contract() -> Contract:
    """The feature contract that this build computes."""

@final
class MergeReport:
    """What a merge found."""

    entities: Final[int]
    changed: Final[int]
    """Entities whose state grew."""
    superseded: Final[int]
    """Payments held one by one that a sealed day of the other side stands for."""
    foreign: Final[int]
    """Messages of another contract, passed over."""

@final
class RecordReport:
    """What became of the rows or messages of a batch."""

    recorded: Final[int]
    duplicates: Final[int]
    late: Final[int]
    refused: Final[list[tuple[int, str]]]
    """Position and reason of each that could not be read or breaks a rule; the others were taken.
    The reason names field and value, as the scorer's own refusals do."""

@final
class Advance:
    """An entity's state after a step, see :func:`advance`."""

    state: Final[bytes]
    as_of_us: Final[int]
    """Event time of the newest payment in the state; 0 when there is none."""
    features: Final[list[float] | None]
    """The contract's features of the newest payment of the step, as known just before it, from this
    one entity's state, as if nothing were known of other entities. None without a payment."""
    report: Final[RecordReport]
    """Of the payments; positions are those in ``payments``. Payments that the entity takes no part
    in are refused."""

def advance(
    kind: EntityKind,
    entity_id: str,
    state: bytes | None,
    payments: Sequence[bytes],
    labels: Sequence[Label] = (),
) -> Advance:
    """One entity's state with payments and labels added: the step of a stream.

    Args:
        kind: Whose state it is.
        entity_id: Of the account, merchant, category or device.
        state: What it was; None when it is not known yet.
        payments: Serialized ``fraud.v1.Transaction`` messages that the entity takes part in, in any
            order; they are taken in the order of (event time, id).
        labels: What became known of payments, in any order; learned before the payments, in the
            order of known-at. Those of other entities are passed over, which accounts and devices
            do with all.

    Raises:
        ContractMismatchError: The state is of another contract; names both digests.
        StateError: The state's bytes are damaged, or are another entity's.
    """

@final
class Store:
    """State of every account, merchant, category and device, and the features it gives."""

    def __new__(cls) -> Store: ...
    def assemble(self, event: Event, out: Buffer) -> None:
        """Write the features of ``event``, as known just before it, into ``out``.

        Args:
            event: The payment; it need not be recorded, and is not by this.
            out: Writable and contiguous, of ``len(contract().names)`` float32.

        Raises:
            BufferError: ``out`` is not such a buffer.
        """

    def record(self, event: Event) -> Outcome:
        """Remember ``event``.

        Returns:
            ``"recorded"``; ``"duplicate"`` if its id was already known in its day, which changes
            nothing; ``"late"`` if it is so far behind its entities' newest that some of them could
            not take it in exactly (counted in :attr:`late_events`).
        """

    def assemble_and_record(self, event: Event, out: Buffer) -> Outcome:
        """:meth:`assemble`, then :meth:`record`, as one step that no other call can divide."""

    def learn(self, label: Label) -> Outcome:
        """Remember a label; it counts for payments at or after its known-at time."""

    def assemble_and_record_many(
        self, events: ArrowRecordBatch, labels: ArrowRecordBatch | None = None
    ) -> ArrowRecordBatch:
        """Replay a batch: for each event in order, learn what was known by then, assemble, record.

        Args:
            events: Columns named as the arguments of :class:`Event`, except that the time is
                ``event_time`` (timestamp[us, UTC]). Strings may be utf8 or dictionary-encoded;
                columns that :class:`Event` gives a default may be missing or null.
            labels: Columns ``transaction_id``, ``merchant_id``, ``category``, ``amount_minor``,
                ``currency``, ``event_time``, ``known_at`` (timestamps[us, UTC]), ``fraud`` and
                optionally ``withdraws`` (bool) and ``ratio_to_usual`` (float32), sorted by
                ``known_at``. A label is learned before the first event whose time is at or after
                its ``known_at``; those after the last event are learned at the end.

        Returns:
            A record batch with one float32 column per feature, in the contract's order, one row
            per event.

        Raises:
            InvalidEventError: Naming row, field and value. Rows before it have been recorded.
        """

    def snapshot(self, kind: EntityKind, entity_id: str) -> bytes | None:
        """The state of one entity, or None if it is not known. Equal states give equal bytes."""

    def merge(self, state: bytes) -> MergeReport:
        """Join one entity's state, from :meth:`snapshot`, into this store.

        Commutative, associative and idempotent.

        Raises:
            ContractMismatchError: The state is of another contract; names both digests.
            StateError: The bytes are damaged.
        """

    def record_many(
        self,
        events: ArrowRecordBatch,
        kinds: Sequence[EntityKind] | None = None,
        shard: tuple[int, int] | None = None,
    ) -> RecordReport:
        """Remember a batch without assembling features.

        Args:
            events: Columns as in :meth:`assemble_and_record_many`; taken in the order given.
            kinds: Remember them for entities of these kinds alone; None for all.
            shard: ``(index, count)``: only for entities whose name's hash modulo ``count`` is
                ``index``, the same on every machine; see :func:`shard_of`. A payment none of
                whose entities is in the shard counts as a duplicate.

        Returns:
            What became of the rows, as :meth:`record` tells it of the first entity remembered for
            in the order account, merchant, category, device. Rows that break the kernel's rules
            are refused.

        Raises:
            InvalidEventError: A column is missing, of a wrong type, or null where it may not be;
                nothing was recorded.
        """

    def learn_many(
        self,
        labels: ArrowRecordBatch,
        kinds: Sequence[EntityKind] | None = None,
        shard: tuple[int, int] | None = None,
    ) -> RecordReport:
        """Remember a batch of labels, in the order given; arguments as in :meth:`record_many`."""

    def record_wire(self, messages: Sequence[bytes]) -> RecordReport:
        """Remember payments as they are on the wire.

        Args:
            messages: Serialized ``fraud.v1.Transaction``, each checked by the rules of the wire
                contract (the same that the scorer's edge checks) and by the kernel's own. Unknown
                fields are passed over; a known field of another wire type makes a message
                unreadable, since it would be read as left out.
        """

    def merge_many(self, states: Sequence[bytes]) -> MergeReport:
        """:meth:`merge` of each; the GIL is released.

        Raises:
            ContractMismatchError: A state is of another contract; those before it are merged.
            StateError: The bytes of one are damaged; those before it are merged.
        """

    def merge_wire(self, messages: Sequence[bytes]) -> MergeReport:
        """:meth:`merge_many` of the states in serialized ``fraud.v1.FeatureVector`` messages.

        Messages whose ``contract_digest`` is another than this kernel's are passed over, and
        counted as ``foreign``.

        Raises:
            ContractMismatchError: A state is of another contract than its message says.
            StateError: A message or the state in one is damaged; those before it are merged.
        """

    def export(self, kind: EntityKind, start: int, limit: int) -> ArrowRecordBatch:
        """States of entities in the order of the kind's table, from place ``start`` on.

        Returns:
            Columns ``entity_id`` (utf8), ``as_of`` (timestamp[us, UTC], the event time of the
            newest payment in the state; 1970 when there is none) and ``state`` (binary, as of
            :meth:`snapshot`): at most ``limit`` rows and about 1 GiB of states, no rows from the
            end on. Meets every entity that was there at the start unless some are evicted
            meanwhile.
        """

    def save(self, path: str | PathLike[str], note: bytes = b"") -> int:
        """Write the whole store to ``path`` atomically, in steps between which others may call.

        What is recorded while it runs may or may not be in the file; what was recorded before is.

        Args:
            path: Replaced when complete.
            note: Kept in the file and given back by :meth:`restore`, such as a log position.

        Returns:
            Entities written.
        """

    def restore(self, path: str | PathLike[str]) -> bytes:
        """Merge a file of :meth:`save` into this store; returns its note.

        Raises:
            FileNotFoundError: There is no such file.
            ContractMismatchError: It is of another contract.
            StateError: It is damaged; the store is as it was.
        """

    def evict_idle(self, now_us: int) -> int:
        """Forget entities whose newest payment or label no window can reach at ``now_us``.

        Changes no feature of a payment at or after ``now_us``. Returns how many went.
        """

    def entity_count(self, kind: EntityKind) -> int: ...
    @property
    def newest_event_us(self) -> int:
        """Event time of the newest payment recorded; 0 when there is none."""

    @property
    def late_events(self) -> int:
        """Payments that came too late to be counted exactly."""

class Server:
    """A gRPC server on threads of its own, which need no interpreter.

    Calls that it does not answer itself wait in lanes ("hot", "side", "stream") until a thread of
    Python's takes them with :meth:`next`.

    Args:
        methods: For each its path ("/fraud.v1.ScoringService/Score"), its kind ("unary", "stream":
            an answer to each message, "nothing": an empty answer at once; "score" and
            "score_stream" are the first two, with the engine asked before Python) and its lane.
        services: Names that the health service tells of, beside "" for the whole server.
        threads: That serve.
        max_calls: Under way at once, streams included; one more gets RESOURCE_EXHAUSTED.
        max_streams: Of the lane "stream" that are open at once.
        max_message_bytes: Largest request.
        tls: Certificate chain and private key, PEM; None for plain text.
        engine: Scores plain payments; None leaves all to Python.

    Raises:
        ValueError: A kind or a lane is unknown.
    """

    def __init__(
        self,
        *,
        methods: Sequence[tuple[str, str, str]],
        services: Sequence[str],
        threads: int,
        max_calls: int,
        max_streams: int,
        max_message_bytes: int,
        tls: tuple[bytes, bytes] | None = None,
        engine: Engine | None = None,
    ) -> None: ...
    def listen(self, host: str, port: int) -> int:
        """Begin to serve; health is NOT_SERVING until told otherwise.

        Args:
            host: Address or name.
            port: 0 takes a free one.

        Returns:
            The port.

        Raises:
            OSError: The address cannot be listened on, or the certificate cannot be read.
        """

    def set_serving(self, serving: bool) -> None:
        """Tell the health service, for the whole server and for every service."""

    def next(self, lane: str) -> Call | None:
        """Wait for the next call of a lane; None once stopped."""

    @property
    def in_flight(self) -> int:
        """Calls under way, those that wait included."""

    @property
    def waiting(self) -> int:
        """Calls of the lane "hot" that wait for a thread."""

    @property
    def shed(self) -> int:
        """Calls and streams turned away so far."""

    def stop(self, grace_seconds: float) -> None:
        """Take no more calls, and cut off those that are not done after so long."""

class Call:
    """A call that waits for an answer; it is answered once.

    Raises:
        RuntimeError: It was answered before.
    """

    @property
    def method(self) -> int:
        """Place of its method in the server's list."""

    @property
    def payload(self) -> bytes:
        """The request."""

    @property
    def is_awaited(self) -> bool:
        """Whether its caller still waits for it, and its deadline has not passed."""

    def answer(self, payload: bytes) -> None:
        """End it well."""

    def refuse(self, code: int, message: str, details: bytes) -> None:
        """End it with a ``google.rpc.Code``; ``details`` is a ``google.rpc.Status`` or empty."""

def load_onnxruntime(library: str | PathLike[str]) -> None:
    """Load ONNX Runtime from its shared library; again, it does nothing.

    Raises:
        RuntimeError: It cannot be loaded, or is too old.
    """

class NativeModel:
    """An ONNX model made ready to run without Python.

    Gradient-boosted trees (one ``TreeEnsembleClassifier`` of two classes) are run by the kernel if
    they give the bits of ONNX Runtime for all of ``rows``; every other model in the library of
    :func:`load_onnxruntime`.

    Args:
        model: Input ``features`` float32 [rows, features], output ``probability``, fraud last.
        copies: How often it may run at once; trees always may.
        rows: Like those that it will be given; each copy runs them, so that its first payments do
            not wait for what first runs allocate.

    Raises:
        ValueError: The bytes are not a model, it fails, or the library is not loaded.
    """

    def __init__(self, model: bytes, copies: int, rows: Sequence[Sequence[float]]) -> None: ...
    @property
    def runs(self) -> Literal["trees", "onnxruntime"]:
        """What runs it."""

    def probabilities(self, values: Sequence[float], rows: int) -> list[float]:
        """The probability of fraud of each of ``rows`` rows that follow each other.

        Raises:
            RuntimeError: The model failed.
        """

class Turns:
    """Has calls with one transaction id wait for each other, those without Python included."""

    def __init__(self) -> None: ...
    def wait_for(self, transaction_id: str) -> None:
        """Wait for the id's turn; it is held until :meth:`end`."""

    def end(self, transaction_id: str) -> None: ...

class WaitingIds:
    """Ids of payments that labels wait for."""

    def __init__(self) -> None: ...
    def __contains__(self, transaction_id: str) -> bool: ...
    def add(self, transaction_id: str) -> None: ...
    def discard(self, transaction_id: str) -> None: ...

class OutboxFile:
    """The outbox's file, open for writing by this build of SQLite.

    No connection of Python's ``sqlite3`` may have it open in the same process. Errors are raised as
    that module's. May be called from any thread.

    Args:
        path: An outbox; ``scorer.sinks.database`` makes it.
        synchronous: ``normal`` or ``full``.
    """

    def __init__(self, path: str | PathLike[str], synchronous: str) -> None: ...
    def find(self, key: str) -> tuple[bytes, bytes] | None:
        """Payload and digest of the decision under a transaction id."""

    def append(self, key: str, digest: bytes, payload: bytes, at_us: int) -> int:
        """Make a decision durable; returns its position.

        Raises:
            sqlite3.IntegrityError: There is one under this id.
        """

    def append_labels(self, rows: Sequence[tuple[str, bytes, bytes]], at_us: int) -> int:
        """Make labels (id, digest, payload) durable; returns how many were not there."""

    def labels_of(self, key: str) -> list[bytes]:
        """Payloads of the labels of a payment, in the order in which they came."""

    def read_after(self, seq: int, limit: int) -> list[tuple[int, int, str, bytes, bytes, int]]:
        """Entries behind a position: position, kind, key, digest, payload, time of appending."""

    @property
    def newest_seq(self) -> int:
        """Position of the newest entry; 0 when nothing was ever appended."""

    def checkpoint(self, limit_pages: int) -> None:
        """Copy the write-ahead log into the database; from that length on appends wait for it."""

    def prune(self, recorded_through: int, older_than_us: int, max_rows: int) -> int:
        """Forget old entries that are recorded; the newest stays. Returns how many went."""

    def close(self) -> None: ...

class Engine:
    """Scores plain payments without Python, and leaves all others to it.

    It gives the bytes that ``scorer.pipeline`` gives, timings apart. A payment is plain when it is
    serialized deterministically with no field that this build does not know, breaks no rule, was
    not scored before, and no label waits for it. May be called from any thread.

    Args:
        store: The feature state, shared with Python.
        outbox: Where decisions are made durable, shared with Python.
        turns: Shared with Python's pipeline.
        waiting: Payments that labels wait for, shared with Python.
        bounds_us: Inclusive upper bounds of the cells that latencies are counted in.
    """

    def __init__(
        self,
        store: Store,
        outbox: OutboxFile,
        turns: Turns,
        waiting: WaitingIds,
        bounds_us: Sequence[int],
    ) -> None: ...
    def serve(
        self,
        models: Sequence[
            tuple[NativeModel, str, str, int, tuple[float, float], Sequence[float], str]
        ],
        challenger_percent: int,
    ) -> None:
        """Have other models serve from the next payment on.

        Args:
            models: None, the champion, or champion and challenger. For each what is ready to run,
                version, digest, number of its variant, thresholds of review and decline, reference
                values, and "name/version".
            challenger_percent: Share of accounts that the challenger decides for.
        """

    def set_complete_us(self, complete_us: int) -> None:
        """Nothing that a broker got before this time is missing from the state."""

    def score(self, payload: bytes) -> bytes | None:
        """Answer a serialized ``fraud.v1.ScoreRequest``; None where Python has to."""

    def counted(
        self,
    ) -> tuple[int, list[tuple[int, int, str, int]], list[tuple[int, list[list[int]], list[int]]]]:
        """What was counted up to one moment, in three parts.

        Payments that were further behind the newest than the lateness bound; decision, variant,
        version of the model, and how many payments; for each channel the cells and the sums
        (microseconds) of each stage.
        """
