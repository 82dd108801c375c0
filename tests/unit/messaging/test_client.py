"""How settings of TLS and SASL reach librdkafka, which refuses what it does not know."""

from pathlib import Path

import pytest
from confluent_kafka import KafkaException, Producer

from fraud.settings import KafkaSettings
from messaging.client import common_config, consumer_config, producer_config
from messaging.errors import BrokerAwayError

SECURED = KafkaSettings(
    bootstrap_servers="a.example:9093,b.example:9093",
    security_protocol="SASL_SSL",
    ssl_ca=Path("/pki/ca.pem"),
    ssl_certificate=Path("/pki/client.pem"),
    ssl_key=Path("/pki/client.key"),
    sasl_username="fraud",
    sasl_password="secret",
)
TLS = {
    "ssl.ca.location": "/pki/ca.pem",
    "ssl.certificate.location": "/pki/client.pem",
    "ssl.key.location": "/pki/client.key",
}
SASL = {
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.username": "fraud",
    "sasl.password": "secret",
}


def test_tls_and_sasl_are_handed_on_to_every_client() -> None:
    wanted = {"bootstrap.servers": "a.example:9093,b.example:9093", "security.protocol": "SASL_SSL"}
    for config in (common_config(SECURED), producer_config(SECURED), consumer_config(SECURED, "g")):
        assert (wanted | TLS | SASL).items() <= config.items()


@pytest.mark.parametrize(
    ("protocol", "is_sasl"),
    [("PLAINTEXT", False), ("SSL", False), ("SASL_PLAINTEXT", True), ("SASL_SSL", True)],
)
def test_a_password_is_shown_only_where_it_is_asked_for(protocol: str, is_sasl: bool) -> None:
    config = common_config(SECURED.model_copy(update={"security_protocol": protocol}))
    assert (SASL.items() <= config.items()) == is_sasl
    assert any(name.startswith("sasl") for name in config) == is_sasl


def test_librdkafka_knows_every_name() -> None:
    plain = KafkaSettings(
        bootstrap_servers="127.0.0.1:1",
        security_protocol="SASL_PLAINTEXT",
        sasl_username="fraud",
        sasl_password="secret",
    )
    config = producer_config(plain, log_level=0)
    Producer(config)
    with pytest.raises(KafkaException, match="No such configuration property"):
        Producer(config | {"sasl.pasword": "secret"})


def test_what_is_given_goes_before_what_is_usual() -> None:
    assert producer_config(SECURED, **{"linger.ms": 50})["linger.ms"] == 50
    assert consumer_config(SECURED, "g", **{"auto.offset.reset": "latest"})["group.id"] == "g"


def test_without_a_broker_it_says_how_to_get_one() -> None:
    with pytest.raises(BrokerAwayError, match="fraud kafka up"):
        common_config(KafkaSettings())
