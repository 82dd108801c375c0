"""The topics, and what consumer groups have committed of them."""

import json
from pathlib import Path
from typing import Final

from fraud.backup.errors import TargetNotEmptyError
from fraud.backup.part import Counts
from fraud.settings import KafkaSettings
from messaging.admin import look_up_topics, reconcile
from messaging.group_offsets import Committed, read_groups, write_groups
from messaging.offsets import begin_offsets, end_offsets
from messaging.producer import MessageProducer
from messaging.topic_files import Retold, read_topic, write_topic
from messaging.topics import FEATURE_VECTORS, load_topics, named

FOLDER: Final = "topics"
GROUPS: Final = "groups.json"


class TopicFiles:
    """Every declared topic as a Parquet file.

    Args:
        settings: Of the brokers.
    """

    name = "topics"

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def save(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`.

        Committed offsets come first, so that none is beyond what is saved; vectors before the
        topics that they claim to contain.
        """
        target = folder / FOLDER
        target.mkdir()
        groups = read_groups(self._settings)
        there = look_up_topics(self._settings)
        counts = {
            f"messages of {topic}": write_topic(self._settings, topic, target / f"{topic}.parquet")
            for topic in sorted(there, key=lambda name: name != FEATURE_VECTORS)
        }
        partitions = {name: found.partitions for name, found in there.items()}
        told = {"prefix": self._settings.topic_prefix, "partitions": partitions}
        (target / GROUPS).write_text(json.dumps(told | {"groups": _to_rows(groups)}, indent=2))
        return counts

    def require_empty(self) -> None:
        """See :class:`fraud.backup.part.Part`; topics that were never written to may be there."""
        for topic in look_up_topics(self._settings):
            ends = end_offsets(self._settings, [topic])
            begins = begin_offsets(self._settings, [topic])
            # Offsets are told anew from the beginning: those of messages gone by count too.
            count = sum(ends.values())
            if count:
                found = f"had {count:,} messages ({count - sum(begins.values()):,} kept)"
                raise TargetNotEmptyError("the topics", named(self._settings, topic), found)

    def restore(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`."""
        source = folder / FOLDER
        if not source.is_dir():
            return {}
        told = json.loads((source / GROUPS).read_text())
        files = {topic.name: source / f"{topic.name}.parquet" for topic in load_topics()}
        files = {name: path for name, path in files.items() if path.is_file()}
        reconcile(self._settings)
        retold = Retold(files, told["prefix"], self._settings)
        with MessageProducer(self._settings) as producer:
            counts = {
                f"messages of {topic}": read_topic(producer, topic, path, retold)
                for topic, path in files.items()
            }
        write_groups(self._settings, _from_rows(told["groups"], retold))
        return counts


def _to_rows(groups: Committed) -> dict[str, list[list[object]]]:
    return {
        group: [[topic, number, offset] for (topic, number), offset in sorted(offsets.items())]
        for group, offsets in groups.items()
    }


def _from_rows(groups: dict[str, list[list[object]]], retold: Retold) -> Committed:
    return {
        group: {
            (str(topic), int(str(number))): retold.offset(
                (str(topic), int(str(number))), int(str(offset))
            )
            for topic, number, offset in rows
        }
        for group, rows in groups.items()
    }
