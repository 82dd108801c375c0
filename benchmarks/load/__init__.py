"""In: a trained model and a simulated history. Out: what a score costs beside a null RPC."""
