"""Rows of a file as labels, and what is said of those that are none."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fraud.labels.errors import LabelFileError
from fraud.labels.file import read_rows
from fraud.labels.rows import LabelRows, RefusedRow
from fraud.v1.label_pb2 import FRAUD_KIND_STOLEN_CARD, FRAUD_KIND_UNSPECIFIED

HEAD = "transaction_id,fraud,kind,known_at,source\n"
GOOD = "t1,true,stolen_card,2026-02-03T06:00:00Z,bank"


def rows_of(tmp_path: Path, text: str, source: str | None = None) -> LabelRows:
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return LabelRows.of(read_rows(path, has_source=source is not None), source)


def test_a_row_is_a_label(tmp_path: Path) -> None:
    (found,) = rows_of(tmp_path, HEAD + GOOD + "\n").labels
    assert found.row == 1
    assert (found.label.transaction_id, found.label.fraud, found.label.source) == (
        "t1",
        True,
        "bank",
    )
    assert found.label.kind == FRAUD_KIND_STOLEN_CARD
    assert found.label.known_at.ToDatetime(UTC) == datetime(2026, 2, 3, 6, tzinfo=UTC)
    assert not found.label.HasField("happened_at")


@pytest.mark.parametrize(
    ("cells", "fraud", "kind"),
    [
        ("1,", True, 0),
        ("yes,FRAUD_KIND_STOLEN_CARD", True, 2),
        ("TRUE,Stolen Card", True, 2),
        (",2", True, 2),
        ("0,", False, 0),
        ("genuine,genuine", False, 0),
        ("false,0", False, 0),
    ],
)
def test_fraud_and_kind_in_the_words_that_people_use(
    tmp_path: Path, cells: str, fraud: bool, kind: int
) -> None:
    (found,) = rows_of(tmp_path, f"{HEAD}t1,{cells},2026-02-03,bank\n").labels
    assert (found.label.fraud, found.label.kind) == (fraud, kind)


def test_one_of_fraud_and_kind_is_enough(tmp_path: Path) -> None:
    kinds = rows_of(
        tmp_path, "transaction_id,kind,known_at\nt1,mule_ring,2026-02-03\nt2,,2026-02-03\n", "bank"
    )
    assert [each.label.fraud for each in kinds.labels] == [True, False]
    frauds = rows_of(tmp_path, "transaction_id,fraud,known_at\nt1,true,2026-02-03\n", "bank")
    assert frauds.labels[0].label.kind == FRAUD_KIND_UNSPECIFIED
    assert frauds.labels[0].label.source == "bank"


REFUSALS = [
    ("t1,maybe,,2026-02-03,bank", "fraud", "maybe", "neither true nor false"),
    ("t1,,,2026-02-03,bank", "fraud", "", "does not say"),
    ("t1,true,theft,2026-02-03,bank", "kind", "theft", "none of unspecified, card_testing"),
    ("t1,true,99,2026-02-03,bank", "kind", "99", "none of"),
    ("t1,false,stolen_card,2026-02-03,bank", "kind", "stolen_card", "but fraud is false"),
    ("t1,true,,yesterday,bank", "known_at", "yesterday", "no time such as"),
    (",true,,2026-02-03,bank", "transaction_id", "", "at least 1 byte"),
    ("t 1,true,,2026-02-03,bank", "transaction_id", "t 1", "match"),
    (f"{'t' * 65},true,,2026-02-03,bank", "transaction_id", "t" * 65, "at most 64 bytes"),
    ("t1,true,,2026-02-03,", "source", "", "at least 1 byte"),
    ("t1,true,,2026-02-03,bank,too much", "more", "['too much']", "behind the last column"),
]


@pytest.mark.parametrize(("line", "field", "value", "reason"), REFUSALS)
def test_a_refused_row_is_told_by_number_field_and_value(
    tmp_path: Path, line: str, field: str, value: str, reason: str
) -> None:
    found = rows_of(tmp_path, f"{HEAD}{GOOD}\n{line}\n{GOOD}\n")
    assert [each.row for each in found.labels] == [1, 3]
    (refused,) = found.refused
    assert (refused.row, refused.field, refused.value) == (2, field, value)
    assert reason in refused.reason


def test_known_before_it_happened_is_refused(tmp_path: Path) -> None:
    head = "transaction_id,fraud,happened_at,known_at,source\n"
    found = rows_of(tmp_path, head + "t1,true,2026-02-04,2026-02-03,bank\n")
    assert found.refused == [
        RefusedRow(1, "known_at", "2026-02-03T00:00:00Z", "known_at must not be before happened_at")
    ]


def test_a_row_that_nobody_has_learned_is_counted(tmp_path: Path) -> None:
    found = rows_of(tmp_path, HEAD + GOOD + "\nt2,true,,,bank\n")
    assert (len(found.labels), found.unknown_yet, found.refused) == (1, 1, [])


def test_labels_come_in_the_order_in_which_they_became_known(tmp_path: Path) -> None:
    text = "".join(f"t{day},true,,2026-02-0{day},bank\n" for day in (3, 1, 2))
    assert [each.row for each in rows_of(tmp_path, HEAD + text).labels] == [2, 3, 1]


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    table = pa.table(
        {
            "transaction_id": pa.array(["t1", "t2"]).dictionary_encode(),
            "fraud": [True, False],
            "kind": pa.array([2, 0], pa.int8()),
            "known_at": pa.array(
                [datetime(2026, 2, 3, 6, tzinfo=UTC), None], pa.timestamp("us", "UTC")
            ),
            "source": ["bank", "bank"],
            "of no interest": [1, 2],
        }
    )
    pq.write_table(table, tmp_path / "labels.parquet")
    found = LabelRows.of(read_rows(tmp_path / "labels.parquet"))
    assert found.labels == rows_of(tmp_path, HEAD + GOOD + "\n").labels
    assert found.unknown_yet == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("labels.csv", "transaction_id,fraud,known_at\n", r"lacks the columns \['source'\]"),
        ("labels.csv", "transaction_id,known_at,source\n", "lacks both of the columns"),
        ("labels.csv", "", "lacks the columns"),
        ("labels.parquet", "no Parquet", "Failed to read"),
        ("labels.xlsx", "", "neither .csv nor .parquet"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(LabelFileError, match=said):
        list(read_rows(tmp_path / name))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LabelFileError, match=r"nowhere\.csv"):
        list(read_rows(tmp_path / "nowhere.csv"))
