"""What ends the benchmark before it has a result.

::

    DetectionError (Exception)
    ├── WrongDataError    the file is not the published one
    └── ProtocolError     a split is not the one that was published
"""


class DetectionError(Exception):
    """Anything of this benchmark."""


class WrongDataError(DetectionError):
    """The file is not the published one: no figure could be compared."""


class ProtocolError(DetectionError):
    """A split is not the one that was published: no figure could be compared."""
