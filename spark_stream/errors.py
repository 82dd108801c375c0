"""What can go wrong with the streaming job and its batch twin.

Tree::

    StreamError (Exception)
    ├── CheckpointMismatchError  a checkpoint is of another contract or state layout
    └── QueryFailedError         a streaming query ended by itself
"""


class StreamError(Exception):
    """Base of all errors of the streaming job."""


class CheckpointMismatchError(StreamError):
    """A checkpoint cannot be continued by this version; names both sides and what to do."""


class QueryFailedError(StreamError):
    """A streaming query ended by itself; carries Spark's reason."""
