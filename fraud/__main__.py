"""``python -m fraud``: the ``fraud`` command, wherever its script is not on the PATH."""

from fraud.cli.main import app

app()
