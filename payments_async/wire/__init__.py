"""How a call travels to the server and back, one concern per module. None of them knows paths, models or operations."""
