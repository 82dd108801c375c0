"""Everything gRPC: bytes of requests in, bytes of answers and statuses out."""
