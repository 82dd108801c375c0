"""Topics of Kafka as a streaming frame: the brokers' settings in, rows of messages out."""

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame, SparkSession

from fraud.settings import KafkaSettings
from messaging.client import common_config
from messaging.topics import named
from spark_stream import tuning


def read_topics(
    session: SparkSession,
    settings: KafkaSettings,
    topics: Sequence[str],
    overrides: Mapping[str, str] | None = None,
) -> DataFrame:
    """Every message of the topics from their begin on; later from where the checkpoint is.

    A row has the columns that Spark's Kafka source gives, ``headers`` among them.

    Args:
        session: Where it runs.
        settings: Of the brokers.
        topics: Names without prefix.
        overrides: Options of the source over those of :data:`spark_stream.tuning.SOURCE`.

    Raises:
        BrokerAwayError: No broker is set.
    """
    options = {
        **kafka_options(settings),
        "subscribe": ",".join(named(settings, topic) for topic in topics),
        "includeHeaders": "true",
        "startingOffsets": "earliest",
        # Messages that the broker dropped before they were read are missing from every state from
        # then on. That is not to be passed over: the job ends and says so.
        "failOnDataLoss": "true",
        **{each.name: each.value for each in tuning.SOURCE},
        **(overrides or {}),
    }
    return session.readStream.format("kafka").options(**options).load()


def kafka_options(settings: KafkaSettings) -> dict[str, str]:
    """How brokers are reached, as options of Spark's Kafka source and sink.

    Raises:
        BrokerAwayError: No broker is set.
    """
    config = common_config(settings)
    options = {
        "kafka.bootstrap.servers": config["bootstrap.servers"],
        "kafka.security.protocol": settings.security_protocol,
        "kafka.reconnect.backoff.ms": str(config["reconnect.backoff.ms"]),
        "kafka.reconnect.backoff.max.ms": str(config["reconnect.backoff.max.ms"]),
    }
    return options | _tls(settings) | _sasl(settings)


def _tls(settings: KafkaSettings) -> dict[str, str]:
    """PEM files as the Java client takes them, by content: executors need not have the files."""
    options = {}
    if settings.ssl_ca is not None:
        options["kafka.ssl.truststore.type"] = "PEM"
        options["kafka.ssl.truststore.certificates"] = settings.ssl_ca.read_text()
    if settings.ssl_certificate is not None and settings.ssl_key is not None:
        options["kafka.ssl.keystore.type"] = "PEM"
        options["kafka.ssl.keystore.certificate.chain"] = settings.ssl_certificate.read_text()
        options["kafka.ssl.keystore.key"] = settings.ssl_key.read_text()
    return options


def _sasl(settings: KafkaSettings) -> dict[str, str]:
    if not settings.security_protocol.startswith("SASL"):
        return {}
    family = "plain.Plain" if settings.sasl_mechanism == "PLAIN" else "scram.Scram"
    name, password = (
        _quoted(value or "") for value in (settings.sasl_username, settings.sasl_password)
    )
    module = f"org.apache.kafka.common.security.{family}LoginModule"
    return {
        "kafka.sasl.mechanism": settings.sasl_mechanism,
        "kafka.sasl.jaas.config": f"{module} required username={name} password={password};",
    }


def _quoted(text: str) -> str:
    """A value as JAAS configurations take it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
