"""The brokers' settings as Spark's Kafka connector takes them."""

from pathlib import Path

import pytest

from fraud.settings import KafkaSettings
from messaging.errors import BrokerAwayError
from spark_stream.sources import kafka_options


def test_plain_brokers_need_their_addresses_alone() -> None:
    options = kafka_options(KafkaSettings(bootstrap_servers="a:1,b:2"))
    assert options["kafka.bootstrap.servers"] == "a:1,b:2"
    assert options["kafka.security.protocol"] == "PLAINTEXT"
    assert not any("ssl" in name or "sasl" in name for name in options)


def test_certificates_travel_by_content(tmp_path: Path) -> None:
    for name in ("ca", "certificate", "key"):
        (tmp_path / name).write_text(f"the {name}")
    options = kafka_options(
        KafkaSettings(
            bootstrap_servers="a:1",
            security_protocol="SSL",
            ssl_ca=tmp_path / "ca",
            ssl_certificate=tmp_path / "certificate",
            ssl_key=tmp_path / "key",
        )
    )
    assert options["kafka.ssl.truststore.type"] == "PEM"
    assert options["kafka.ssl.truststore.certificates"] == "the ca"
    assert options["kafka.ssl.keystore.certificate.chain"] == "the certificate"
    assert options["kafka.ssl.keystore.key"] == "the key"


@pytest.mark.parametrize(
    ("mechanism", "module"),
    [("PLAIN", "plain.PlainLoginModule"), ("SCRAM-SHA-256", "scram.ScramLoginModule")],
)
def test_a_password_is_quoted(mechanism: str, module: str) -> None:
    settings = KafkaSettings.model_validate(
        {
            "bootstrap_servers": "a:1",
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": mechanism,
            "sasl_username": "spark",
            "sasl_password": 'a"b\\c',
        }
    )
    options = kafka_options(settings)
    assert options["kafka.sasl.mechanism"] == mechanism
    assert options["kafka.sasl.jaas.config"] == (
        f"org.apache.kafka.common.security.{module} required "
        'username="spark" password="a\\"b\\\\c";'
    )


def test_without_brokers_there_is_nothing_to_read() -> None:
    with pytest.raises(BrokerAwayError, match=r"kafka\.bootstrap_servers"):
        kafka_options(KafkaSettings())
