"""Files of labels in, labels reported to a scorer out."""
