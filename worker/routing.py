"""Which scorer an account belongs to: rendezvous hashing, the same wherever it is computed.

Every scorer draws a number from the account's name, and the greatest draw wins. Adding a scorer
moves only the accounts that the new one wins, removing one only those that it had; the order in
which scorers are listed plays no part.

D. G. Thaler, C. V. Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM
Transactions on Networking 6 (1998), 1-14.
"""

from collections.abc import Sequence
from hashlib import blake2b

from worker.errors import RoutingError


class Router:
    """Names the scorer of an account.

    Args:
        targets: Scorers, ``host:port`` each; a scorer is known by exactly this text.

    Raises:
        RoutingError: There is none, or one is named twice.

    >>> router = Router(["10.0.0.1:50051", "10.0.0.2:50051", "10.0.0.3:50051"])
    >>> [router.target_of(account) for account in ("alice", "bob")]
    ['10.0.0.1:50051', '10.0.0.3:50051']
    """

    def __init__(self, targets: Sequence[str]) -> None:
        if not targets:
            raise RoutingError("no scorer is named: set worker.scorers (FRAUD_WORKER__SCORERS)")
        if len(set(targets)) < len(targets):
            raise RoutingError(f"worker.scorers: {sorted(targets)} names a scorer twice")
        self.targets = tuple(sorted(targets))

    def target_of(self, account_id: str) -> str:
        """The scorer that decides the payments of an account."""
        if len(self.targets) == 1:
            return self.targets[0]
        return max(self.targets, key=lambda target: draw(target, account_id))


def draw(target: str, account_id: str) -> bytes:
    """The number that a scorer draws for an account, 8 bytes, big end first."""
    return blake2b(f"{target}|{account_id}".encode(), digest_size=8).digest()
