import numpy as np

from training.quality.card_precision import card_precision_at


def test_by_hand() -> None:
    """Three days, two cards looked at a day.

    Day 0: card 1 (fraud) and 2 (genuine) score highest: 1 of 2, card 1 is blocked. Card 3's fraud
    is missed. Day 1: card 1 comes again and no longer counts; card 3 (its best payment genuine,
    another one fraud: the card is compromised) and 2: 1 of 2. Day 2: one card only, genuine:
    0 of 2.
    """
    rows = [
        (0, 1, True, 0.9),
        (0, 2, False, 0.8),
        (0, 2, False, 0.1),
        (0, 3, True, 0.3),
        (1, 1, True, 0.99),
        (1, 3, False, 0.7),
        (1, 3, True, 0.2),
        (1, 2, False, 0.6),
        (2, 4, False, 0.5),
    ]
    day, account, fraud, probability = (np.array(column) for column in zip(*rows, strict=True))
    assert card_precision_at(2, day, account, fraud, probability) == (0.5 + 0.5 + 0.0) / 3


def test_order_of_rows_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    day, account = rng.integers(0, 5, 400), rng.integers(0, 50, 400)
    fraud, score = rng.random(400) < 0.1, rng.integers(0, 5, 400) / 5
    expected = card_precision_at(7, day, account, fraud, score)
    mixed = rng.permutation(400)
    assert expected > 0
    assert card_precision_at(7, day[mixed], account[mixed], fraud[mixed], score[mixed]) == expected
