"""In: a trained model and a history. Out: what others make of the same model, beside ours."""
