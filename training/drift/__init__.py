"""Whether payments still are what a model was trained on."""
