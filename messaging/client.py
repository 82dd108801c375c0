"""Settings as librdkafka takes them (its CONFIGURATION.md says what each key means)."""

from typing import Any

from fraud.settings import KafkaSettings
from messaging.errors import BrokerAwayError


def common_config(settings: KafkaSettings) -> dict[str, Any]:
    """What every client needs: brokers, TLS, SASL.

    Raises:
        BrokerAwayError: No broker is set.
    """
    if settings.bootstrap_servers is None:
        raise BrokerAwayError(
            "kafka.bootstrap_servers is not set: start a broker with `fraud kafka up`, or name one "
            "(FRAUD_KAFKA__BOOTSTRAP_SERVERS)"
        )
    config: dict[str, Any] = {
        "bootstrap.servers": settings.bootstrap_servers,
        "security.protocol": settings.security_protocol,
        # It would print a line for each of its tries; what fails is told by our own errors.
        "log_level": 2,
        # A broker that restarts is found again at once.
        "reconnect.backoff.ms": 20,
        "reconnect.backoff.max.ms": 500,
    }
    paths = {
        "ssl.ca.location": settings.ssl_ca,
        "ssl.certificate.location": settings.ssl_certificate,
        "ssl.key.location": settings.ssl_key,
    }
    config |= {name: str(path) for name, path in paths.items() if path is not None}
    if settings.security_protocol.startswith("SASL"):
        config |= {
            "sasl.mechanism": settings.sasl_mechanism,
            "sasl.username": settings.sasl_username or "",
            "sasl.password": settings.sasl_password or "",
        }
    return config


def producer_config(settings: KafkaSettings, **overrides: Any) -> dict[str, Any]:
    """Acknowledged by all replicas, in order, each once in the log of its partition."""
    return {
        **common_config(settings),
        "acks": "all",
        "enable.idempotence": True,
        "compression.type": settings.compression,
        # As Java clients hash keys, so that all producers agree on a key's partition.
        "partitioner": "murmur2_random",
        "linger.ms": 2,
        **overrides,
    }


def consumer_config(settings: KafkaSettings, group: str, **overrides: Any) -> dict[str, Any]:
    """Commits nothing by itself, hands out what there is at once."""
    return {
        **common_config(settings),
        "group.id": group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "fetch.wait.max.ms": 20,
        "fetch.queue.backoff.ms": 10,
        **overrides,
    }
