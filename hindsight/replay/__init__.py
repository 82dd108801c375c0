"""Makes a recorded decision again, from what is kept of it, and compares every bit."""
