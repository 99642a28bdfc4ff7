"""How long tests wait for what should happen at once."""

PATIENCE = 60.0
"""Seconds after which a test fails rather than hangs; generous, so that no test depends on how busy the machine is."""
