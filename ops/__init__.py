"""What watches the platform."""
