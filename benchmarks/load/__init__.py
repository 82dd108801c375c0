"""In: a trained model and a simulated history. Out: what a score costs beside a null RPC."""

import fraud as fraud  # Before ONNX Runtime: see fraud.privacy.
