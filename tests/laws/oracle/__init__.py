"""A brute-force reading of the feature contract: every feature from the list of all that happened.

No buckets, no state, no incremental sums: what a feature means, computed anew for each payment.
"""

from tests.laws.oracle.oracle import Oracle
from tests.laws.oracle.payment import Payment
from tests.laws.oracle.report import Report, Verdict

__all__ = ["Oracle", "Payment", "Report", "Verdict"]
