"""How a call travels: one concern, one room. Nothing in here knows a path, a model or an operation."""
