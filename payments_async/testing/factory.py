"""An example of each model."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any, TypeVar, cast

import attrs

from payments_async.models import Model

M = TypeVar("M", bound=Model)


def example(model: type[M], **members: Any) -> M:
    """An example of a model: a new instance each time, always with the same members.

    Args:
        model: A model of `payments_async.models` or `payments_async.v3.models`.
        members: The members that differ from the example, by the names of the fields.

    Raises:
        TypeError: the model has no such member, or this is not a model.
    """
    package, _, _ = model.__module__.rpartition(".")
    examples: dict[str, Any] = import_module(f"{package}.examples").EXAMPLES if package.endswith(".generated") else {}
    if model.__name__ not in examples:
        raise TypeError(f"{model.__name__} is not a model: give a class such as payments_async.models.Payment")
    made: Any = model.from_json(json.dumps(examples[model.__name__]))
    return cast("M", attrs.evolve(made, **members))
