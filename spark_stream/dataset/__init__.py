"""A training set's features at any scale: files of payments in, the kernel's columns out."""
