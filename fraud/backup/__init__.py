"""A running platform in, a folder out that makes the same platform on another machine."""
