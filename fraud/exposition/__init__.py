"""How processes tell Prometheus what they know: in text, and in protobuf with finer histograms."""
