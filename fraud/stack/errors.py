"""What can go wrong with the stack."""

from fraud.errors import LocalServiceError


class StackError(LocalServiceError):
    """The stack cannot be brought up or asked."""
