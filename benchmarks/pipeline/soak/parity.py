"""Whether scorer, Spark, batch and brute force give each account the same features, to the bit."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.pipeline.soak.topics import TopicContents
from features_rs import Event, Store, contract
from fraud.v1.transaction_pb2 import Transaction
from scorer.features.convert import to_event
from scorer.features.usual import sent
from tests.laws.oracle import Oracle, Payment, Report, Verdict

type Row = np.ndarray[Any, np.dtype[np.float32]]

NAMES = contract().names
CROWDED = int(contract().parameters["kept_a_day"])
"""Payments a day above which the kernel keeps a sample of an entity, which brute force does not."""


@dataclass(slots=True)
class Parity:
    """What was compared, and what differed.

    Args:
        accounts: Accounts whose features were compared, in each pair.
        oracle_accounts: Accounts that were held against brute force.
        values: Values compared in all.
        faults: A line for each account that differs.
    """

    accounts: int = 0
    oracle_accounts: int = 0
    values: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything was equal, and there was something to compare."""
        return self.faults == [] and self.accounts > 0 and self.oracle_accounts > 0


def compare(contents: TopicContents, stores: Mapping[str, Store], sample: int) -> Parity:
    """Ask every store about one more payment of each account, just after the last of all.

    Args:
        contents: What was produced; the oracle is told all of it.
        stores: By name; the first is what the others are compared with.
        sample: Accounts that the oracle is asked about as well: it looks at everything each time.
    """
    parity, probes = Parity(), list(probes_of(contents))
    for probe in probes:
        rows = {name: assembled(store, to_event(probe)) for name, store in stores.items()}
        _compare_rows(parity, probe, rows, np.ones(len(NAMES), np.bool_))
        parity.accounts += 1
    oracle, crowded = taught(contents), _crowded(contents)
    first, store = next(iter(stores.items()))
    for probe in probes[:: max(1, len(probes) // sample)][:sample]:
        rows = {
            first: assembled(store, to_event(probe)),
            "oracle": oracle.features(to_payment(probe)),
        }
        _compare_rows(parity, probe, rows, _exact(probe, crowded))
        parity.oracle_accounts += 1
    return parity


def _crowded(contents: TopicContents) -> set[str]:
    """Merchants, categories and devices that had so many payments that a sample is kept."""
    counts = Counter(
        name
        for payment in contents.payments.values()
        for name in (payment.merchant_id, payment.category, payment.device_id)
    )
    return {name for name, count in counts.items() if count > CROWDED}


def _exact(probe: Transaction, crowded: set[str]) -> Any:
    """Which features of a probe rest on no sample."""
    parts = {
        "merchant_": probe.merchant_id,
        "category_": probe.category,
        "device_": probe.device_id,
    }
    sampled = tuple(prefix for prefix, name in parts.items() if name in crowded)
    return np.array([not name.startswith(sampled) for name in NAMES])


def probes_of(contents: TopicContents) -> Iterator[Transaction]:
    """One payment more of each account, like its last one."""
    last: dict[str, Transaction] = {}
    newest = 0
    for payment in contents.payments.values():
        time_us = payment.event_time.ToMicroseconds()
        newest = max(newest, time_us)
        before = last.get(payment.account_id)
        if before is None or before.event_time.ToMicroseconds() <= time_us:
            last[payment.account_id] = payment
    newest = max([newest, *(label.known_at.ToMicroseconds() for label in contents.labels)])
    for account, payment in sorted(last.items()):
        probe = Transaction()
        probe.CopyFrom(payment)
        probe.transaction_id = f"probe-{account}"
        probe.event_time.FromMicroseconds(newest + 1_000_000)
        yield probe


def assembled(store: Store, event: Event) -> Row:
    """The features of a payment that is not recorded."""
    row = np.empty(len(contract().names), np.float32)
    store.assemble(event, row)
    return row


def taught(contents: TopicContents) -> Oracle:
    """The oracle with everything in it."""
    oracle = Oracle()
    facts = {name: to_payment(payment) for name, payment in contents.payments.items()}
    for payment in facts.values():
        oracle.record(payment)
    frauds: set[str] = set()
    for label in contents.labels:
        known, stood = facts.get(label.transaction_id), label.transaction_id in frauds
        if known is None or (label.fraud and stood):
            continue
        verdict = Verdict.WITHDRAWN if stood else Verdict.GENUINE
        (frauds.add if label.fraud else frauds.discard)(label.transaction_id)
        oracle.learn(
            Report(
                known,
                label.known_at.ToMicroseconds(),
                Verdict.FRAUD if label.fraud else verdict,
                sent(contents.payments[label.transaction_id]),
            )
        )
    return oracle


def to_payment(transaction: Transaction) -> Payment:
    """The oracle's view of a payment."""
    located, given = transaction.HasField("coordinates"), transaction.HasField
    return Payment(
        transaction_id=transaction.transaction_id,
        event_time_us=transaction.event_time.ToMicroseconds(),
        account_id=transaction.account_id,
        merchant_id=transaction.merchant_id,
        category=transaction.category,
        amount_minor=transaction.amount_minor,
        currency=transaction.currency,
        channel=transaction.channel,
        latitude=transaction.coordinates.latitude if located else None,
        longitude=transaction.coordinates.longitude if located else None,
        device_id=transaction.device_id if given("device_id") else None,
        utc_offset_minutes=(
            transaction.utc_offset_minutes if given("utc_offset_minutes") else None
        ),
    )


def _compare_rows(
    parity: Parity, probe: Transaction, rows: Mapping[str, Row], compared: Any
) -> None:
    (first, expected), *others = rows.items()
    for name, found in others:
        same = found.view(np.uint32) == expected.view(np.uint32)
        same |= np.isnan(found) & np.isnan(expected)
        differ = np.flatnonzero(compared & ~same)
        parity.values += int(compared.sum())
        if len(differ):
            place = int(differ[0])
            parity.faults.append(
                f"{probe.account_id}: {NAMES[place]} is {expected[place]} by {first}, "
                f"{found[place]} by {name} ({len(differ)} values differ)"
            )
