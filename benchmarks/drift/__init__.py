"""How often drift is called where there is none, and how late where there is."""
