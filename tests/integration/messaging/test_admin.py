"""Topics on a real broker become what is declared."""

from dataclasses import replace

import pytest

from fraud.local.port import free_port
from fraud.settings import KafkaSettings
from messaging.admin import delete_topics, find_topics, reconcile
from messaging.admin_client import administering
from messaging.errors import BrokerAwayError, TopicError
from messaging.topics import Topic, load_topics, named

LABELS = Topic("labels", 4, {"retention.ms": "2592000000"})


def test_missing_topics_are_made_as_declared_and_a_second_time_nothing_is_done(
    kafka_settings: KafkaSettings,
) -> None:
    delete_topics(kafka_settings)
    changes = reconcile(kafka_settings)
    assert [change.topic.name for change in changes if change.makes_topic] == [
        topic.name for topic in load_topics()
    ]
    with administering(kafka_settings) as admin:
        found = find_topics(admin, kafka_settings, load_topics())
    for topic in load_topics():
        assert found[topic.name].partitions == topic.partitions
        assert topic.config.items() <= found[topic.name].config.items()
    assert reconcile(kafka_settings) == []


def test_partitions_are_added_and_settings_altered(kafka_settings: KafkaSettings) -> None:
    more = replace(LABELS, partitions=6, config={"retention.ms": "60000"})
    told = [str(change) for change in reconcile(kafka_settings, [more])]
    assert told == ["labels: partitions 4 -> 6", "labels: retention.ms 2592000000 -> 60000"]
    with administering(kafka_settings) as admin:
        found = find_topics(admin, kafka_settings, [more])["labels"]
    assert found.partitions == 6
    assert found.config["retention.ms"] == "60000"
    assert found.config["message.timestamp.type"] == "LogAppendTime", "left alone"


def test_fewer_partitions_are_refused_before_anything_is_changed(
    kafka_settings: KafkaSettings,
) -> None:
    declared = [Topic("new", 1, {}), replace(LABELS, partitions=2)]
    with pytest.raises(TopicError, match=r"`labels`: it has 4 partitions and 2 are declared"):
        reconcile(kafka_settings, declared)
    with administering(kafka_settings) as admin:
        there = admin.list_topics(timeout=10).topics
    assert named(kafka_settings, "new") not in there


def test_a_setting_that_the_broker_refuses_is_told(kafka_settings: KafkaSettings) -> None:
    odd = replace(LABELS, config={"retention.ms": "soon"})
    with pytest.raises(TopicError, match=r"broker refused.*retention\.ms"):
        reconcile(kafka_settings, [odd])


def test_topics_of_another_prefix_are_other_topics(kafka_settings: KafkaSettings) -> None:
    other = kafka_settings.model_copy(update={"topic_prefix": f"{kafka_settings.topic_prefix}b-"})
    assert len(reconcile(other)) == len(load_topics())
    delete_topics(other)
    delete_topics(other)
    assert reconcile(kafka_settings) == []


def test_a_broker_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.admin.TIMEOUT_SECONDS", 0.5)
    port = free_port()
    settings = KafkaSettings(bootstrap_servers=f"127.0.0.1:{port}")
    with pytest.raises(BrokerAwayError, match=f"broker at 127.0.0.1:{port}"):
        reconcile(settings)
