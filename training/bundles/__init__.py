"""A fitted model becomes the bundle that serves, and proves that it is the same."""
