"""In: random histories of payments and labels. Out: proof that the kernel keeps its laws."""
