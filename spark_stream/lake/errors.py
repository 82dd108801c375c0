"""What can go wrong with the lake.

Tree::

    LakeError (StreamError)
    └── NoLakeError   there is no lake where one was looked for
"""

from spark_stream.errors import StreamError


class LakeError(StreamError):
    """Base of all errors of the lake."""


class NoLakeError(LakeError):
    """There is no lake where one was looked for; names the folder."""
