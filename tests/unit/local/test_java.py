"""Finding Java and Maven, and jars that are not what they must be."""

import hashlib
from pathlib import Path

import pytest

from fraud.errors import JarError, MissingToolError
from fraud.local import java


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lists of one jar, and a Maven that writes what it is told to."""
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "kafka.pom.xml").write_text("<project/>")
    (lists / "kafka.sha256").write_text(f"{hashlib.sha256(b'good').hexdigest()}  one.jar\n")
    monkeypatch.setattr(java, "LISTS", lists)
    monkeypatch.setattr(java, "java_command", lambda: "java")
    return lists


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are found in, beside those of the system's shell."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return folder


def maven_that(tools: Path, *writes: str) -> None:
    """A Maven that writes these files, ``name=content``, and notes that it was called."""
    lines = [
        'for part in "$@"; do case $part in -DoutputDirectory=*) cd "${part#*=}";; esac; done',
        *(f"printf {content} > {name}" for name, content in (w.split("=") for w in writes)),
        f"echo called >> {tools}/calls",
    ]
    program(tools, "mvn", "\n".join(lines))


def test_jars_are_fetched_once_and_verified_each_time(
    lists: Path, tools: Path, tmp_path: Path
) -> None:
    maven_that(tools, "one.jar=good")
    folder = java.resolve_jars("kafka", tmp_path / "cache")
    assert [path.name for path in folder.iterdir()] == ["one.jar"]
    assert java.resolve_jars("kafka", tmp_path / "cache") == folder
    assert (tools / "calls").read_text() == "called\n"
    (folder / "one.jar").write_bytes(b"bad")
    with pytest.raises(JarError, match=r"`one.jar` has SHA-256 \w+, expected \w+; remove the fol"):
        java.resolve_jars("kafka", tmp_path / "cache")


@pytest.mark.parametrize(
    ("writes", "said"),
    [
        (("one.jar=bad",), "`one.jar` has SHA-256"),
        ((), "`one.jar` is missing"),
        (("one.jar=good", "two.jar=good"), "`two.jar` is not on the list"),
    ],
)
def test_what_was_fetched_and_is_not_on_the_list_is_refused_and_not_kept(
    lists: Path, tools: Path, tmp_path: Path, writes: tuple[str, ...], said: str
) -> None:
    maven_that(tools, *writes)
    with pytest.raises(JarError, match=said):
        java.resolve_jars("kafka", tmp_path / "cache")
    maven_that(tools, "one.jar=good")
    assert java.resolve_jars("kafka", tmp_path / "cache").is_dir()


def test_a_maven_that_fails_is_told_in_its_words(lists: Path, tools: Path, tmp_path: Path) -> None:
    program(tools, "mvn", "echo no such artifact; exit 1")
    with pytest.raises(JarError, match=r"Maven failed:\nno such artifact"):
        java.resolve_jars("kafka", tmp_path / "cache")


def test_a_missing_maven_is_told_with_the_remedy(lists: Path, tools: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingToolError, match="no `mvn` on PATH: install Maven"):
        java.resolve_jars("kafka", tmp_path / "cache")


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [("21.0.1", True), ("17.0.15", True), ("11.0.2", False), ("1.8.0_392", False)],
)
def test_java_must_be_new_enough(tools: Path, version: str, is_enough: bool) -> None:
    program(tools, "java", f"echo 'openjdk version \"{version}\" 2025-04-15' >&2")
    if is_enough:
        assert java.java_command() == str(tools / "java")
    else:
        with pytest.raises(MissingToolError, match=rf"(?s){version}.*version 17 or newer"):
            java.java_command()


def test_java_home_goes_before_path(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MissingToolError, match="no `java` on PATH: install a Java runtime"):
        java.java_command()
    program(tools, "java", "echo 'openjdk version \"8\"' >&2")
    program(tmp_path / "home" / "bin", "java", "echo 'openjdk version \"17.0.1\"' >&2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    assert java.java_command() == str(tmp_path / "home" / "bin" / "java")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(MissingToolError, match=r"JAVA_HOME is `.*nowhere`, which has no"):
        java.java_command()


@pytest.mark.parametrize("purpose", ["kafka", "spark"])
def test_the_lists_name_jars_and_digests(purpose: str) -> None:
    listed = java.read_list(java.LISTS / f"{purpose}.sha256")
    assert listed
    assert all(name.endswith(".jar") and len(digest) == 64 for name, digest in listed.items())


def test_the_cache_is_where_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert java.jar_cache() == Path("/somewhere/fraud-platform/jars")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert java.jar_cache() == Path.home() / ".cache" / "fraud-platform" / "jars"
