"""The platform's shared face: settings, client, command line and the generated wire contracts."""

from fraud.privacy import report_to_nobody

report_to_nobody()
