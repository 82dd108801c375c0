"""How the streaming job does at a steady rate, tuned and as Spark comes."""
