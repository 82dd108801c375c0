"""A folder of payments and labels becomes feature rows, as they were known."""
