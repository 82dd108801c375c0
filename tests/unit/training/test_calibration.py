import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from training.quality.bands import BANDS, band_of
from training.quality.calibration import BINS, calibration_error


def test_the_error_is_that_of_the_calibration_curve_weighted_by_payments() -> None:
    rng = np.random.default_rng(0)
    told = rng.random(5_000)
    fraud = rng.random(5_000) < told**2
    found, said = calibration_curve(fraud, told, n_bins=BINS)
    sizes = np.histogram(told, np.linspace(0, 1, BINS + 1))[0]
    expected = np.average(np.abs(found - said), weights=sizes)
    assert calibration_error(fraud, told) == pytest.approx(expected)


def test_an_amount_belongs_to_the_band_that_it_starts() -> None:
    starts = np.array([band.start for band in BANDS])
    assert band_of(starts).tolist() == list(range(len(BANDS)))
    assert band_of(np.nextafter(starts[1:], 0)).tolist() == list(range(len(BANDS) - 1))
