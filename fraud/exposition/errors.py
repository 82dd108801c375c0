"""What can go wrong with an endpoint."""


class EndpointError(Exception):
    """The metrics endpoint cannot listen."""
