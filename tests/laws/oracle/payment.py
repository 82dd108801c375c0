"""A payment as the oracle remembers it: what the kernel is given, and nothing derived is stored."""

from dataclasses import asdict, dataclass

from features_rs import Event
from tests.laws.oracle.money import to_base
from tests.laws.oracle.sphere import Vector, place_at
from tests.laws.oracle.time import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The fields of :class:`features_rs.Event` that features rest on."""

    transaction_id: str
    event_time_us: int
    account_id: str = "account"
    merchant_id: str = "merchant"
    category: str = "category"
    amount_minor: int = 1000
    currency: str = "EUR"
    channel: int = 0
    latitude: float | None = None
    longitude: float | None = None
    device_id: str | None = None
    utc_offset_minutes: int | None = None

    @property
    def moment(self) -> tuple[int, bytes]:
        """What orders payments: event time, then the bytes of the id."""
        return self.event_time_us, self.transaction_id.encode()

    @property
    def day(self) -> int:
        """The UTC day."""
        return day_of(self.event_time_us)

    @property
    def amount(self) -> int:
        """Minor units of the base currency."""
        return to_base(self.amount_minor, self.currency)

    @property
    def place(self) -> Vector | None:
        """Where it was made."""
        if self.latitude is None or self.longitude is None:
            return None
        return place_at(self.latitude, self.longitude)

    def to_event(self) -> Event:
        """The kernel's form."""
        return Event(**asdict(self))
