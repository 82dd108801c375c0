"""What can go wrong with a file of labels; a row that is refused is a figure of the report.

::

    LabelsError (Exception)
    ├── LabelFileError    the file cannot be read as labels
    └── ReportError       the scorer did not take what was left
"""


class LabelsError(Exception):
    """Anything of importing labels."""


class LabelFileError(LabelsError):
    """The file is missing, damaged, or lacks a column."""


class ReportError(LabelsError):
    """The scorer did not take what was left; what it took before counts."""
