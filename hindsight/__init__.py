"""What is done with a decision after it was answered."""
