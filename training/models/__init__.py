"""Feature rows become a fitted model and its thresholds."""
