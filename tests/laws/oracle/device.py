"""Whether the device is new to the account, and who else pays with it."""

import math

from tests.laws.oracle.known import Known


def device(known: Known) -> dict[str, float]:
    """The family; exact while a device has at most 32 accounts, an account 16 devices, a day."""
    probe = known.probe
    if probe.device_id is None:
        return {"device_new_for_account": math.nan, "device_accounts_30d": math.nan}
    own = {p.device_id for p in known.in_days(known.of_account(), 30)}
    others = {p.account_id for p in known.in_days(known.of_device(), 30)} - {probe.account_id}
    return {
        "device_new_for_account": float(probe.device_id not in own),
        "device_accounts_30d": float(len(others)),
    }
