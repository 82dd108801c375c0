"""What keeps the repository in step with itself: generated pages and golden bytes."""
