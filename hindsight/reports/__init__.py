"""What the tables tell once labels have come."""
