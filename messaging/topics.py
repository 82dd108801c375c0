"""Names of the topics; ``topics.toml`` declares them."""

from typing import Final

from fraud.settings import KafkaSettings

RAW_TRANSACTIONS: Final = "raw_transactions"
"""``fraud.v1.Transaction`` by account: every payment that is known of."""
FEATURE_VECTORS: Final = "feature_vectors"
"""``fraud.v1.FeatureVector`` by contract digest, kind and entity; compacted."""
DECISIONS: Final = "decisions"
"""``fraud.v1.Prediction`` by account."""
LABELS: Final = "labels"
"""``fraud.v1.Label`` by transaction id."""
DEAD_LETTERS: Final = "raw_transactions.dlq"
"""``fraud.v1.DeadLetter`` by topic, partition and offset: what could not be read."""


def named(settings: KafkaSettings, topic: str) -> str:
    """A topic's name on the broker, with the prefix that is set."""
    return f"{settings.topic_prefix}{topic}"
