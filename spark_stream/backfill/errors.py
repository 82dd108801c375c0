"""What can go wrong with a backfill.

Tree::

    BackfillError (StreamError)
    ├── SourceError         payments or labels are missing, or break their contract
    └── StreamAheadError    what the stream published holds more than what is to be published
"""

from spark_stream.errors import StreamError


class BackfillError(StreamError):
    """Base of all errors of a backfill."""


class SourceError(BackfillError):
    """Payments or labels are missing, or break their contract; names file and row."""


class StreamAheadError(BackfillError):
    """What the stream published of this contract holds more than what is to be published."""
