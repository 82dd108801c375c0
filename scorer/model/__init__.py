"""Models in service: where they come from, what they must prove, and how they score."""
