"""Everything that training refuses or fails at.

Tree::

    TrainingError
    ├── DatasetError        a folder is incomplete, or its tables break their contract
    ├── SplitError          periods overlap, are empty, or hold nothing to learn from
    ├── MetricsError        there is nothing to measure on
    ├── SearchError         there is too little to choose hyperparameters by
    ├── CalibrationError    probabilities cannot be fitted to what was found
    ├── ReproductionError   a run does not tell enough to be run again
    ├── ParityError         the exported model does not score as the trained one
    ├── RegistrationError   the registry cannot be reached, or refuses the version
    └── PromotionError      a version may not have the place that it is to get
"""


class TrainingError(Exception):
    """Base of all errors of training."""


class DatasetError(TrainingError):
    """A dataset folder is incomplete, or its tables break their contract."""


class SplitError(TrainingError):
    """Periods overlap, are empty, or hold nothing to learn from."""


class MetricsError(TrainingError):
    """There is nothing to measure on."""


class SearchError(TrainingError):
    """There is too little to choose hyperparameters by."""


class CalibrationError(TrainingError):
    """Probabilities cannot be fitted to what was found."""


class ReproductionError(TrainingError):
    """A run does not tell enough to be run again."""


class ParityError(TrainingError):
    """The exported model does not score as the trained one: it must not be registered."""


class RegistrationError(TrainingError):
    """The registry cannot be reached, or refuses the version."""


class PromotionError(TrainingError):
    """A version may not have the place that it is to get."""
