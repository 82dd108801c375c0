"""In: the code as it is. Out: whether any step of a score became dearer than the last record."""
