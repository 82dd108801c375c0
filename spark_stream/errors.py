"""What can go wrong with the streaming job and its batch twin.

Tree::

    StreamError (Exception)
    ├── CheckpointMismatchError  a checkpoint is of another contract or layout of states
    ├── CheckpointInUseError     another job is at work on the checkpoints
    ├── QueryFailedError         a streaming query ended by itself again and again
    └── SparkLostError           Spark's Java machine ended or no longer answers
"""


class StreamError(Exception):
    """Base of all errors of the streaming job."""


class CheckpointMismatchError(StreamError):
    """A checkpoint cannot be continued by this version; names both sides and what to do."""


class CheckpointInUseError(StreamError):
    """Another job is at work on the checkpoints."""


class QueryFailedError(StreamError):
    """A streaming query ended by itself again and again; carries Spark's reason."""


class SparkLostError(StreamError):
    """Spark's Java machine ended or no longer answers."""
