"""The platform's shared face: settings, client, command line and the generated wire contracts."""
