"""What a command fails at, told to the person who typed it.

Tree::

    CommandError           a message, and what to do about it
    └── SettingsError      a setting cannot be read
"""


class CommandError(Exception):
    """A command cannot go on.

    Args:
        message: Such as "Failed to read setting `scorer.port`: ...", with the value at fault.
        hint: What to do about it.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class SettingsError(CommandError):
    """A setting cannot be read, or is not one."""
