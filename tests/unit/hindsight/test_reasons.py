"""Every code of the contract in words."""

from features_rs import contract
from fraud.reasons import REASON_TEXTS
from tools.reason_page import reason_page

CODES = {feature.reason_code for feature in contract().features}


def test_every_code_of_the_contract_has_its_words_and_no_other_has() -> None:
    assert set(REASON_TEXTS) == CODES


def test_the_words_are_sentences_and_differ() -> None:
    told = [text for words in REASON_TEXTS.values() for text in (words.analyst, words.bank)]
    assert all(text.endswith(".") and text[0].isupper() for text in told)
    assert len(set(told)) == len(told)


def test_the_bank_is_not_told_the_names_of_features() -> None:
    names = {feature.name for feature in contract().features if "_" in feature.name}
    for words in REASON_TEXTS.values():
        assert not [name for name in names if name in words.bank]


def test_the_page_holds_both_texts() -> None:
    page = reason_page(contract())
    for words in REASON_TEXTS.values():
        assert words.analyst in page
        assert words.bank in page
