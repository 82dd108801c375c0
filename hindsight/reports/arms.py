"""The two sides of an experiment, account by account."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import psycopg

from hindsight.errors import NothingKnownError
from hindsight.reports.truth import TRUTHS
from scorer.recorder.errors import translated

type Numbers = npt.NDArray[Any]

LATEST: Final = """
SELECT DISTINCT ON (variant) variant, model_version
FROM predictions WHERE variant IN ('champion', 'challenger') AND NOT degraded
ORDER BY variant, decided_at DESC
"""
BEGINNING: Final = """
SELECT max(first) FROM (
    SELECT min(decided_at) AS first FROM predictions
    WHERE (variant, model_version)
        IN (('champion', %(champion)s), ('challenger', %(challenger)s))
    GROUP BY variant
) began
"""
# Of each account the first of a kind by when its truth was known, so that what is to come changes
# nothing of what was read before.
ACCOUNTS: Final = f"""
WITH {TRUTHS}, arms AS (
    SELECT *, decision <> 'approve' AS flagged FROM truths
    WHERE NOT degraded AND decided_at >= %(since)s
    AND (variant, model_version) IN (('champion', %(champion)s), ('challenger', %(challenger)s))
), accounts AS (
    SELECT account_id, min(variant) AS variant, count(DISTINCT variant) AS sides,
        count(*) FILTER (WHERE fraud) AS frauds,
        count(*) FILTER (WHERE fraud AND flagged) AS caught,
        count(*) FILTER (WHERE NOT fraud) AS genuine,
        count(*) FILTER (WHERE NOT fraud AND flagged) AS disturbed,
        (array_agg(flagged ORDER BY truth_known_at, transaction_id)
            FILTER (WHERE fraud))[1] AS first_fraud_caught,
        (array_agg(fraud ORDER BY truth_known_at, transaction_id)
            FILTER (WHERE flagged))[1] AS first_flagged_fraud,
        (array_agg(flagged ORDER BY truth_known_at, transaction_id)
            FILTER (WHERE NOT fraud))[1] AS first_genuine_disturbed
    FROM arms GROUP BY account_id
)
SELECT CASE WHEN sides > 1 THEN 'both' ELSE variant END, frauds, caught, genuine, disturbed,
    coalesce(first_fraud_caught::int, -1), coalesce(first_flagged_fraud::int, -1),
    coalesce(first_genuine_disturbed::int, -1)
FROM accounts
"""  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Arm:
    """One side; arrays are int [accounts].

    Args:
        version: That decided.
        frauds: Known frauds.
        caught: Those of them that were declined or reviewed.
        genuine: Payments known to be genuine, or taken for it.
        disturbed: Those of them that were declined or reviewed.
        first_fraud_caught: Of the account's first known fraud, 1 or 0; -1 where there is none.
        first_flagged_fraud: The same of its first payment that was declined or reviewed.
        first_genuine_disturbed: The same of its first genuine payment.
    """

    version: str
    frauds: Numbers
    caught: Numbers
    genuine: Numbers
    disturbed: Numbers
    first_fraud_caught: Numbers
    first_flagged_fraud: Numbers
    first_genuine_disturbed: Numbers

    @property
    def accounts(self) -> int:
        """How many accounts have payments of which something is known."""
        return len(self.frauds)

    @property
    def known(self) -> int:
        """Payments of which something is known."""
        return int(self.frauds.sum() + self.genuine.sum())


@dataclass(frozen=True, slots=True)
class Arms:
    """Both sides.

    Args:
        since: Payments decided from then on count.
        champion: Decides for most accounts.
        challenger: Decides for its share.
        moved_accounts: Left out: the share was changed and they changed sides.
    """

    since: datetime
    champion: Arm
    challenger: Arm
    moved_accounts: int


def find_arms(dsn: str, since: datetime | None, maturity: timedelta) -> Arms:
    """The newest champion and the newest challenger, since both decided.

    Args:
        dsn: libpq address.
        since: Leave out what was decided before.
        maturity: See :mod:`hindsight.reports.truth`.

    Raises:
        NothingKnownError: No challenger, or no champion, ever decided.
        RecorderError: The database cannot be used.
    """
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        versions: dict[str, str] = dict(connection.execute(LATEST).fetchall())
        if missing := {"champion", "challenger"} - versions.keys():
            raise NothingKnownError(f"no {missing.pop()} has decided a payment that is recorded")
        [began] = connection.execute(BEGINNING, versions).fetchone() or (datetime.now(UTC),)
        start = began if since is None else max(since, began)
        asked = {**versions, "since": start, "maturity": maturity}
        rows = connection.execute(ACCOUNTS, asked).fetchall()
    sides = np.array([row[0] for row in rows], dtype=object)
    numbers = np.array([row[1:] for row in rows], dtype=np.int64).reshape(len(rows), 7)
    champion, challenger = (
        Arm(versions[name], *numbers[sides == name].T) for name in ("champion", "challenger")
    )
    return Arms(start, champion, challenger, int((sides == "both").sum()))
