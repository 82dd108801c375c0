"""History in, a model version out: replay, split, fit, export, prove, register."""

import fraud as fraud  # Before ONNX Runtime and MLflow: see fraud.privacy.
