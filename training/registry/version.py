"""Where a model went."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegisteredVersion:
    """A version in the registry.

    Args:
        name: Of the registered model.
        version: Its number.
        run_id: The run that made it.
        promoted: Whether it is the champion now.
        replaced: The version that was champion before; None if there was none.
    """

    name: str
    version: str
    run_id: str
    promoted: bool
    replaced: str | None
