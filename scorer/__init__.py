"""The scoring service: a payment comes in over gRPC, a durable decision goes out."""

import fraud as fraud  # Before ONNX Runtime: see fraud.privacy.
