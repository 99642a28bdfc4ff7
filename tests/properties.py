"""How many examples each property is tried with."""

import os

from hypothesis import settings


def examples(count: int = 100) -> settings:
    """Try a property with so many examples; the environment variable EXAMPLES gives another number for all of them."""
    return settings(max_examples=int(os.environ.get("EXAMPLES", count)), deadline=None, database=None)
