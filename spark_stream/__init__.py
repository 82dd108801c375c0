"""Features and the lake by PySpark Structured Streaming, and their batch twin; the same kernel."""
