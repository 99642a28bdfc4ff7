"""What shell completion suggests for `--where`."""

from __future__ import annotations

import re

from typer import BadParameter, Context

from payments_async.cli.options import Api, resource_named
from payments_async.cli.where import conditions_of, known_values, scope_of, signs_of


def conditions(context: Context, incomplete: str) -> list[str]:
    """The conditions that start with these characters: names with signs, and after a sign, the values of an enum."""
    try:
        resource = resource_named(context.args[0])  # the argument before the option
    except (IndexError, BadParameter):
        return []
    api: Api = "v3" if context.find_root().params.get("api") == "v3" else "v1"
    keys = conditions_of(resource, api)
    if found := re.fullmatch(r"(\w+)(!?=)(.*)", incomplete):
        name, sign, _ = found.groups()
        suggested = [f"{name}{sign}{value}" for value in known_values(keys.get(name))]
    else:
        suggested = [f"{name}=" for name in scope_of(resource)]
        for name, key in keys.items():
            suggested += ["metadata["] if name == "metadata" else [f"{name}{sign}" for sign in signs_of(key)]
    return [each for each in suggested if each.startswith(incomplete)]
