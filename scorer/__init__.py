"""The scoring service: a payment comes in over gRPC, a durable decision goes out."""
