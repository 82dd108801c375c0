from pathlib import Path

from benchmarks.rivals.calls import Answer, Calls, read_answers, write_bodies


def test_bodies_are_written_as_the_client_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "b.bodies"
    write_bodies(path, [b"ab", b"", b"c"])
    assert path.read_bytes() == b"\0\0\0\x02ab\0\0\0\0\0\0\0\x01c"


def test_answers_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.answers"
    path.write_bytes(b"\0\0\0\0\0\0\0\0\0\0\0\x02ok\0\0\0\x07\0\0\x03\xe9\0\0\0\0")
    assert list(read_answers(path)) == [Answer(0, 0, b"ok"), Answer(7, 1001, b"")]


def test_only_an_open_loop_has_a_rate() -> None:
    calls = Calls(Path("b"), skip=3, count=5, seconds=1.0)
    assert "--rate" not in calls.to_arguments()
    timed = Calls(Path("b"), skip=3, count=5, seconds=1.0, rate=100.0).to_arguments()
    assert timed[timed.index("--rate") + 1] == "100.0"
