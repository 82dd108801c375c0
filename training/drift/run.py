"""A version and days in; what its reference and their payments say of drift out."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Self

from training.drift.clock import Clock
from training.drift.errors import NoReferenceError, WindowError
from training.drift.live import Span, newest_moment, read_window
from training.drift.measure import measure_drift
from training.drift.policy import DriftPolicy
from training.drift.reference import ARTIFACT, Reference
from training.drift.report import DriftReport
from training.registry.server import RegistryServer
from training.registry.versions import find_version

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days: a window of some hours would be held against all hours.

    Args:
        start: In UTC.
        end: In UTC, exclusive.

    Raises:
        WindowError: They are not whole days.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        length = self.end - self.start
        if length < DAY or length % DAY:
            raise WindowError(
                f"the window {self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} is {length}: "
                "give whole days, such as 24h or 7d, as hours of the day differ"
            )

    @classmethod
    def of(
        cls,
        length: timedelta,
        now: datetime,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Self:
        """What of it is given; otherwise it ends at the last midnight.

        >>> found = Days.of(DAY, datetime(2026, 11, 25, 1, 30, tzinfo=UTC))
        >>> f"{found.start:%m-%d %H:%M} {found.end:%m-%d %H:%M}"
        '11-24 00:00 11-25 00:00'
        """
        if since is not None:
            return cls(since, until or since + length)
        end = until or datetime.combine(now.astimezone(UTC).date(), time(), UTC)
        return cls(end - length, end)


def now_of(dsn: str, clock: Clock) -> datetime:
    """What time it is: ours, or that of the newest payment.

    Raises:
        TooFewPaymentsError: There is no payment.
        RecorderError: The database cannot be used.
    """
    return datetime.now(UTC) if clock is Clock.DECIDED else newest_moment(dsn, clock)


def measure_version(
    server: RegistryServer,
    dsn: str,
    version: str,
    days: Days,
    policy: DriftPolicy | None = None,
    clock: Clock = Clock.DECIDED,
) -> DriftReport:
    """Hold the payments of some days against the reference of a version.

    Args:
        server: The registry.
        dsn: libpq address of what was recorded.
        version: Its number or an alias.
        days: Which payments.
        policy: From when a difference counts.
        clock: Which days those are.

    Raises:
        RegistrationError: There is no such version, or the registry cannot be asked.
        NoReferenceError: It was registered without a reference.
        TooFewPaymentsError: There are too few payments for a verdict.
        ShortReferenceError: The reference is of too few days for one.
        DamagedReferenceError: The reference cannot be read.
        RecorderError: The database cannot be used.
    """
    found = find_version(server, version)
    content = server.artifact(found.run_id, ARTIFACT)
    if content is None:
        raise NoReferenceError(
            f"version {found.number} of `{server.model_name}` has no `{ARTIFACT}`: it was "
            "registered before references were kept, train a new one"
        )
    reference = Reference.from_bytes(content)
    digest = reference.facts.contract_digest
    span = Span(server.model_name, found.number, digest, days.start, days.end, clock)
    return measure_drift(reference, read_window(dsn, span), policy)
