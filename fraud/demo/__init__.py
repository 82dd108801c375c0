"""The main job, end to end: a history in; a model, live decisions and one table out."""
