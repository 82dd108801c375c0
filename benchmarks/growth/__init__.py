"""In: sizes of a state, a model, a load. Out: how the cost of a score grows with each."""
