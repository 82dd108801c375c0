"""The whole stack for ten minutes with a planted spike of fraud: what it took and what it told."""
