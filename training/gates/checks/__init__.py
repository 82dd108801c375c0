"""The checks, by what they protect from."""
