"""How long a partition stands still while workers come, go and are killed."""
