"""Everything that the scorer refuses or fails at, in its own words.

Transport codes are chosen at the edge alone. Tree::

    ScorerError
    ├── InvalidRequestError         a request breaks the contract; names each field
    ├── ConflictingTransactionError the id was scored before with another payload
    ├── OverloadedError             more streams are open than the service takes
    ├── DeadlineError               the caller had stopped waiting before the work began
    ├── NotServingError             no model is loaded, or the service is stopping
    ├── ModelError
    │   ├── BundleError             a model bundle is damaged or incomplete
    │   ├── ContractMismatchError   it was trained on another feature contract
    │   ├── GoldenRowsError         it does not give the probabilities it was saved with
    │   ├── ModelRefusedError       a version may not serve; its cause is one of the above
    │   ├── ModelNotFoundError      no version has the alias
    │   └── RegistryError           the registry cannot be reached or answers nonsense
    ├── StateUnreadableError        the state on disk is damaged or of another contract
    └── StateInUseError             another scorer writes to the same folder
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field of a request that breaks a rule.

    Args:
        field: Path from the request, such as ``transaction.amount_minor``.
        description: The value and what is allowed.
    """

    field: str
    description: str


class ScorerError(Exception):
    """Base of all errors of the scorer; its message may be shown to clients."""


class InvalidRequestError(ScorerError):
    """A request breaks the contract."""

    def __init__(self, message: str, violations: Sequence[FieldViolation] = ()) -> None:
        super().__init__(message)
        self.violations = tuple(violations)


class ConflictingTransactionError(ScorerError):
    """The transaction id was scored before, with another payload."""

    def __init__(self, transaction_id: str) -> None:
        super().__init__(
            f"transaction `{transaction_id}` was scored before with another payload: "
            "an id names one payment for ever"
        )
        self.transaction_id = transaction_id


class OverloadedError(ScorerError):
    """More work is under way than the service takes."""


class DeadlineError(ScorerError):
    """The caller had stopped waiting before the work began."""


class NotServingError(ScorerError):
    """No model is loaded, or the service is stopping."""


class ModelError(ScorerError):
    """A model cannot be found, trusted or run."""


class BundleError(ModelError):
    """A model bundle is damaged or incomplete."""


class ContractMismatchError(ModelError):
    """A model was trained on another feature contract than this kernel computes."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"the model was trained on feature contract {found}, "
            f"this scorer computes {expected}: train it again on this contract"
        )


class GoldenRowsError(ModelError):
    """A model does not give the probabilities that it was saved with."""


class ModelRefusedError(ModelError):
    """A version may not serve; those in service stay."""


class ModelNotFoundError(ModelError):
    """No version of the model has the alias."""


class RegistryError(ModelError):
    """The registry cannot be reached, or answers nonsense."""


class StateUnreadableError(ScorerError):
    """The feature state on disk is damaged or of another contract."""


class StateInUseError(ScorerError):
    """Another scorer writes to the same folder."""
