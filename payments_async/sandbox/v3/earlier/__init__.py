"""The routes of v2.0.9 as version 3.4 answers them: over the same rows as the routes below `/v3`."""
