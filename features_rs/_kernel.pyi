"""The native half of :mod:`features_rs`.

Errors::

    KernelError (ValueError)
    ├── InvalidEventError       a field of an event or label is out of range
    ├── ContractMismatchError   state of another feature contract
    └── StateError              state bytes that are damaged or cut short

Every method of :class:`Store` may be called from any thread and releases the GIL where it works
for longer than a few microseconds.
"""

from collections.abc import Buffer
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
                optionally ``withdraws`` (bool), sorted by ``known_at``. A label is learned before
                the first event whose time is at or after its ``known_at``; those after the last
                event are learned at the end.

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
