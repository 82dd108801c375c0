"""The generated pages, and the check that they are current."""

from pathlib import Path

import pytest

from features_rs import contract
from fraud.cli.setting_list import list_settings
from tools import docs


def test_pages_name_every_feature_code_and_setting() -> None:
    pages = docs.pages()
    for feature in contract().features:
        assert f"`{feature.name}`" in pages["features.md"]
        assert f"`{feature.name}`" in pages["reason-codes.md"]
        assert f"`{feature.reason_code}`" in pages["reason-codes.md"]
    for entry in list_settings():
        assert f"`{entry.variable}`" in pages["configuration.md"]


def test_page_that_is_not_current_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "DOCS", tmp_path)
    assert docs.stale_pages() == list(docs.pages())
    for name, text in docs.pages().items():
        (tmp_path / name).write_text(text)
    assert docs.stale_pages() == []
    (tmp_path / "features.md").write_text("old")
    assert docs.stale_pages() == ["features.md"]
