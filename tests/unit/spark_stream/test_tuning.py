"""Every setting of Spark that differs from its default has one value and a reason."""

from spark_stream import tuning


def test_each_is_set_once_and_has_a_reason() -> None:
    groups = (tuning.SESSION, tuning.MEMORY, tuning.STREAMING, tuning.SOURCE, tuning.SINK)
    settings = [each for group in groups for each in group]
    names = [each.name for each in settings]
    assert len(names) == len(set(names))
    assert all(each.reason.endswith(".") and len(each.reason) > 20 for each in settings)
