"""The ``fraud`` command: one file per sub-command, imported only when it is called."""
