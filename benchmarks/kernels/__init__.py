"""In: the built kernel and a history of payments. Out: what a payment costs in time and memory."""
