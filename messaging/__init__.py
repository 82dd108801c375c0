"""Messages of the platform on Kafka: topics, codec, producers, and what could not be read."""
