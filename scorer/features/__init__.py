"""The live feature state: payments and labels in, feature rows out."""
