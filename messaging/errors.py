"""What can go wrong with messages and brokers.

Tree::

    MessagingError (Exception)
    ├── UnreadableMessageError   a message cannot be read or accepted; carries the reason
    ├── IncompatibleSchemaError  what is to be produced would break those who read it
    ├── RegistryError            the schema registry does not answer, or refuses
    ├── DeliveryError            the broker did not take a message
    ├── UnknownLetterError       there is no dead letter of this key
    ├── TopicError               a topic cannot be made what is declared
    └── BrokerAwayError          no broker answers
"""


class MessagingError(Exception):
    """Base of all errors of messages and brokers."""


class UnreadableMessageError(MessagingError):
    """A message cannot be read or accepted: it belongs into the dead-letter topic."""


class IncompatibleSchemaError(MessagingError):
    """What is to be produced would break those who read it."""


class RegistryError(MessagingError):
    """The schema registry does not answer, or refuses."""


class DeliveryError(MessagingError):
    """The broker did not take a message.

    Args:
        message: What was to be delivered, and why it was not.
        for_good: Whether it never will be, such as when it is too large.
    """

    def __init__(self, message: str, *, for_good: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good


class UnknownLetterError(MessagingError):
    """There is no dead letter of this key."""


class TopicError(MessagingError):
    """A topic cannot be made what is declared."""


class BrokerAwayError(MessagingError):
    """No broker answers."""
