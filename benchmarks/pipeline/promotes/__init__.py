"""What moving the champion costs the payments that are being scored meanwhile."""
