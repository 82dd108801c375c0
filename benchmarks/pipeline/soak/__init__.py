"""The whole stream under load, its processes killed again and again; nothing may be lost."""
