"""Pages of metrics in, a live view of the terminal out."""
