"""Version 3.4 of the server: the routes below `/v3`, and what it makes of the earlier ones, over one store."""
