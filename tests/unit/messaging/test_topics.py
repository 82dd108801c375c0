"""The declaration of topics, and what has to be done to meet it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.settings import KafkaSettings
from messaging import topics as names
from messaging.errors import TopicError
from messaging.topic_plan import FoundTopic, plan_changes
from messaging.topics import Topic, load_topics, named, parse_topics

DAY_MS = 86_400_000


def test_every_topic_that_has_a_name_is_declared_once() -> None:
    declared = [topic.name for topic in load_topics()]
    constants = {
        names.RAW_TRANSACTIONS,
        names.FEATURE_VECTORS,
        names.DECISIONS,
        names.LABELS,
        names.DEAD_LETTERS,
    }
    assert set(declared) == constants
    assert len(declared) == len(constants)


def test_what_consumers_rely_on() -> None:
    topics = {topic.name: topic for topic in load_topics()}
    assert topics[names.RAW_TRANSACTIONS].partitions == 8
    assert topics[names.DECISIONS].partitions == 8, "as its payments"
    assert topics[names.FEATURE_VECTORS].config["cleanup.policy"] == "compact"
    for topic in load_topics():
        kept = topic.config.get("retention.ms")
        assert (kept is None) == (topic.config["cleanup.policy"] == "compact")
        assert kept is None or int(kept) >= 7 * DAY_MS
    letters = int(topics[names.DEAD_LETTERS].config["max.message.bytes"])
    others = [int(topic.config["max.message.bytes"]) for topic in load_topics()]
    assert letters >= max(others), "a letter holds any message"


def test_a_topics_own_value_goes_before_the_default() -> None:
    declared = parse_topics(
        "[defaults]\n'a.b' = 1\nc = 0.5\n[topics.one]\npartitions = 3\n'a.b' = 2\n"
        "[topics.two]\npartitions = 1\n"
    )
    assert declared == (
        Topic("one", 3, {"a.b": "2", "c": "0.5"}),
        Topic("two", 1, {"a.b": "1", "c": "0.5"}),
    )


def test_a_topic_without_partitions_is_refused() -> None:
    with pytest.raises(TopicError, match=r"topic `one`.*`partitions`.*at least 1"):
        parse_topics("[topics.one]\n'retention.ms' = 5")
    with pytest.raises(TopicError, match=r"topic `one`.*`partitions`.*`0`"):
        parse_topics("[topics.one]\npartitions = 0")


def test_a_prefix_is_before_the_name() -> None:
    assert named(KafkaSettings(topic_prefix="blue-"), names.LABELS) == "blue-labels"
    assert named(KafkaSettings(), names.LABELS) == "labels"


configs = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["1", "2"]))


@given(st.integers(1, 9), configs, st.integers(1, 9), configs)
def test_what_is_planned_leads_to_what_is_declared(
    declared: int, config: dict[str, str], there: int, found: dict[str, str]
) -> None:
    topic = Topic("one", declared, config)
    before = {"one": FoundTopic(there, found), "other": FoundTopic(1, {})}
    if there > declared:
        with pytest.raises(TopicError, match=f"has {there} partitions and {declared} are declared"):
            plan_changes([topic], before)
        return
    changes = plan_changes([topic], before)
    assert all(change.topic == topic and not change.makes_topic for change in changes)
    done = {change.setting: change.after for change in changes}
    partitions = int(done.pop("partitions", there))
    after = {"one": FoundTopic(partitions, found | done)}
    assert plan_changes([topic], after) == []
    assert done.items() <= config.items(), "nothing that is not declared is touched"
