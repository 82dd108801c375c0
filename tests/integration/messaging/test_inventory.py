"""What is on a real broker is counted."""

from confluent_kafka import Consumer, Producer, TopicPartition

from fraud.settings import KafkaSettings
from messaging.client import consumer_config, producer_config
from messaging.inventory import GroupLag, TopicSize, take_inventory
from messaging.topics import LABELS, load_topics, named


def test_topics_are_sized_and_groups_have_their_lag(kafka_settings: KafkaSettings) -> None:
    topic = named(kafka_settings, LABELS)
    producer = Producer(producer_config(kafka_settings))
    for number in range(30):
        producer.produce(topic, b"x", partition=number % 3)
    assert producer.flush(20) == 0
    group = f"{kafka_settings.topic_prefix}readers"
    consumer = Consumer(consumer_config(kafka_settings, group))
    consumer.commit(
        offsets=[TopicPartition(topic, 0, 4), TopicPartition(topic, 1, 10)], asynchronous=False
    )
    consumer.close()
    inventory = take_inventory(kafka_settings)
    assert inventory.brokers == [kafka_settings.bootstrap_servers]
    mine = [t for t in inventory.topics if t.name.startswith(kafka_settings.topic_prefix)]
    assert len(mine) == len(load_topics())
    assert TopicSize(topic, 4, 30) in mine
    assert not any(t.name.startswith("__") for t in inventory.topics)
    assert [g for g in inventory.groups if g.group == group] == [
        GroupLag(group, "EMPTY", topic, partitions=2, lag=6)
    ]
