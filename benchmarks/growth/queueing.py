"""How long a call waits for a core: M/D/c, calls by chance, equal work, ``c`` cores."""

import heapq

import numpy as np

ARRIVALS = 40_000
WARM_UP = 5_000
SEED = 1


def wait_us(rate: float, service_us: float, cores: int, rank: float = 99.0) -> float:
    """A percentile of the wait before a core is free, microseconds; infinite beyond saturation.

    By simulation with a fixed seed: the percentiles of M/D/c have no closed form (Tijms 2006,
    A New and Simple Algorithm for the M/D/c queue, gives series that fail near saturation).

    Args:
        rate: Calls a second.
        service_us: Processor time of one.
        cores: That take calls.
        rank: Of the percentile.
    """
    if rate * service_us >= 1e6 * cores:
        return float("inf")
    waits = simulate(rate, service_us, cores)[WARM_UP:]
    return float(np.percentile(waits, rank))


def simulate(rate: float, service_us: float, cores: int) -> np.ndarray:
    """The wait of each call, in the order of arrival, microseconds."""
    gaps = np.random.default_rng(SEED).exponential(1e6 / rate, ARRIVALS)
    free, waits = [0.0] * cores, np.empty(ARRIVALS)
    for number, at in enumerate(np.cumsum(gaps).tolist()):
        begin = max(at, free[0])
        heapq.heapreplace(free, begin + service_us)
        waits[number] = begin - at
    return waits


def mean_wait_us(rate: float, service_us: float) -> float:
    """The mean wait for one core, exactly: Pollaczek and Khinchine's formula with equal work.

    >>> mean_wait_us(500, 1000)
    500.0
    """
    load = rate * service_us / 1e6
    return load * service_us / (2 * (1 - load))
