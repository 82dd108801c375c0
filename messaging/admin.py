"""Makes and keeps the topics as they are declared."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from fraud.settings import KafkaSettings
from messaging.admin_client import TIMEOUT_SECONDS, administering
from messaging.errors import TopicError
from messaging.topic_plan import PARTITIONS, Change, FoundTopic, plan_changes
from messaging.topics import Topic, load_topics, named

POLL_SECONDS: Final = 0.05
BROKERS_DEFAULT: Final = -1


def reconcile(settings: KafkaSettings, declared: Sequence[Topic] | None = None) -> list[Change]:
    """Make missing topics, add partitions, alter what is configured otherwise.

    A second call does nothing. Topics and settings that are not declared are left alone.

    Args:
        settings: Of the brokers, and the prefix of names.
        declared: What shall be; None is ``topics.toml``.

    Returns:
        What was done.

    Raises:
        BrokerAwayError: No broker answers.
        TopicError: A topic has more partitions than are declared (then nothing was changed), or
            the broker refuses a change.
    """
    topics = load_topics() if declared is None else declared
    with administering(settings) as admin:
        changes = plan_changes(topics, find_topics(admin, settings, topics))
        _make(admin, settings, [change.topic for change in changes if change.makes_topic])
        _extend(admin, settings, [c for c in changes if c.setting == PARTITIONS and c.before])
        _alter(admin, settings, [change for change in changes if change.setting != PARTITIONS])
        if changes:
            _wait_until(lambda: _is_done(admin, settings, topics))
    return changes


def look_up_topics(settings: KafkaSettings) -> dict[str, FoundTopic]:
    """Those of the declared topics that are on the broker, by names as declared.

    Raises:
        BrokerAwayError: No broker answers.
    """
    with administering(settings) as admin:
        return find_topics(admin, settings, load_topics())


def delete_topics(settings: KafkaSettings, declared: Sequence[Topic] | None = None) -> None:
    """Delete the topics with all their messages; those that are not there are no error.

    Raises:
        BrokerAwayError: No broker answers.
        TopicError: The broker refuses.
    """
    topics = load_topics() if declared is None else declared
    with administering(settings) as admin:
        names = {named(settings, topic.name) for topic in topics}
        _settle(admin.delete_topics(list(names)), KafkaError.UNKNOWN_TOPIC_OR_PART)
        _wait_until(lambda: not admin.list_topics(timeout=TIMEOUT_SECONDS).topics.keys() & names)


def find_topics(
    admin: AdminClient, settings: KafkaSettings, topics: Iterable[Topic]
) -> dict[str, FoundTopic]:
    """Those of the topics that are on the broker, by names as declared."""
    there = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    names = {named(settings, topic.name): topic.name for topic in topics}
    configs = _configs(admin, names.keys() & there.keys())
    return {
        names[name]: FoundTopic(len(there[name].partitions), config)
        for name, config in configs.items()
    }


def _configs(admin: AdminClient, names: Iterable[str]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in names]
    if not resources:
        return {}
    answers = admin.describe_configs(resources, request_timeout=TIMEOUT_SECONDS)
    # One that was deleted just now is listed for a moment longer.
    found = _settle(answers, KafkaError.UNKNOWN_TOPIC_OR_PART)
    return {
        resource.name: {entry.name: entry.value for entry in entries.values()}
        for resource, entries in found.items()
    }


def _make(admin: AdminClient, settings: KafkaSettings, topics: Sequence[Topic]) -> None:
    new = [
        NewTopic(
            named(settings, topic.name),
            num_partitions=topic.partitions,
            replication_factor=BROKERS_DEFAULT,
            config=dict(topic.config),
        )
        for topic in topics
    ]
    if new:
        # Another may have made one meanwhile.
        _settle(admin.create_topics(new), KafkaError.TOPIC_ALREADY_EXISTS)


def _extend(admin: AdminClient, settings: KafkaSettings, changes: Sequence[Change]) -> None:
    if changes:
        _settle(
            admin.create_partitions(
                [NewPartitions(named(settings, c.topic.name), int(c.after)) for c in changes]
            )
        )


def _alter(admin: AdminClient, settings: KafkaSettings, changes: Sequence[Change]) -> None:
    by_topic: dict[str, list[ConfigEntry]] = {}
    for change in changes:
        entry = ConfigEntry(
            change.setting, change.after, incremental_operation=AlterConfigOpType.SET
        )
        by_topic.setdefault(named(settings, change.topic.name), []).append(entry)
    resources = [
        ConfigResource(ResourceType.TOPIC, name, incremental_configs=entries)
        for name, entries in by_topic.items()
    ]
    if resources:
        _settle(admin.incremental_alter_configs(resources))


def _settle[K](answers: Mapping[K, Future[Any]], harmless: int | None = None) -> dict[K, Any]:
    """Wait for all answers; one that fails with ``harmless`` is left out."""
    results = {}
    for question, answer in answers.items():
        try:
            results[question] = answer.result()
        except KafkaException as exc:
            if exc.args[0].code() != harmless:
                raise
    return results


def _wait_until(is_so: Callable[[], bool]) -> None:
    """What the controller has done, brokers know a moment later."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TopicError(f"Topics are not as told after {TIMEOUT_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)


def _is_done(admin: AdminClient, settings: KafkaSettings, topics: Sequence[Topic]) -> bool:
    """Whether all is as declared, and every partition leads, so that producers find them all."""
    if plan_changes(topics, find_topics(admin, settings, topics)):
        return False
    there = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    found = [there.get(named(settings, topic.name)) for topic in topics]
    return all(
        topic is not None and all(part.leader >= 0 for part in topic.partitions.values())
        for topic in found
    )
