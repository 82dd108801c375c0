"""History in, a model version out: replay, split, fit, export, prove, register."""
