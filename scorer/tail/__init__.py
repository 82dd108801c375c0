"""Follows the topics, so that the state holds every payment and label within milliseconds."""
