"""What perf tells, read."""

from benchmarks.load.counters import parse_count


def test_a_count_is_read() -> None:
    assert parse_count("123456,,instructions,1000,100.00,,\n") == 123456
    assert parse_count("123456,,instructions:u,1000,100.00,,\n") == 123456


def test_none_where_the_machine_counts_none() -> None:
    assert parse_count("<not supported>,,instructions,0,100.00,,\n") is None
    assert parse_count("") is None
