"""How soon a produced payment counts, and what payments that arrive cost those being scored."""
