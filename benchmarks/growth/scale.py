"""How far each curve goes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of every curve.

    Args:
        calls: Payments of one measurement.
        accounts: Of the state.
        history: Payments of an account, by 1,000 accounts.
        trees: Of the model.
        connections: That payments come by, at ``rate``.
        rate: Payments a second where a load is open.
        start_accounts: In the snapshot that a scorer starts from.
        starts: How often.
        aside_s: How long each background work is measured.
        soak_s: The soak.
        window_s: Its windows.
    """

    calls: int = 2_000
    accounts: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    history: tuple[int, ...] = (1, 10, 100, 500)
    trees: tuple[int, ...] = (100, 300, 1_000, 2_000)
    connections: tuple[int, ...] = (1, 10, 100, 500)
    rate: float = 200.0
    start_accounts: int = 100_000
    starts: int = 5
    aside_s: float = 15.0
    soak_s: float = 1_800.0
    window_s: float = 60.0


FULL = Scale()
QUICK = Scale(
    calls=100,
    accounts=(500, 2_000),
    history=(1, 10),
    trees=(10, 100),
    connections=(1, 20),
    start_accounts=2_000,
    starts=1,
    aside_s=0.5,
    soak_s=3.0,
    window_s=1.0,
)
