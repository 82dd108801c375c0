"""How well frauds are found, on public simulated payments and by their published protocol."""
