"""Compares the public names and their signatures with the committed list; `--write` writes the list.

The list is read from the sources, so that nothing is imported.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import griffe

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests" / "public_api.txt"
MODULES = (
    "payments_async",
    "payments_async.drain",
    "payments_async.drain.dask",
    "payments_async.filters",
    "payments_async.integrations.fastapi",
    "payments_async.integrations.opentelemetry",
    "payments_async.models",
    "payments_async.money",
    "payments_async.sandbox",
    "payments_async.testing",
    "payments_async.v3",
    "payments_async.v3.errors",
    "payments_async.v3.filters",
    "payments_async.v3.models",
)
OPERATIONS = ("payments_async.operations", "payments_async.v3.operations")


def main() -> None:
    """Compare or write the list."""
    package = griffe.load("payments_async", search_paths=[ROOT], resolve_aliases=True, resolve_external=False)
    text = "".join(f"{line}\n" for line in sorted(set(_public(package))))
    if sys.argv[1:] == ["--write"]:
        LIST.write_text(text)
        return
    committed = LIST.read_text() if LIST.exists() else ""
    if text != committed:
        sys.stdout.writelines(difflib.unified_diff(committed.splitlines(True), text.splitlines(True), n=0))
        sys.exit("The public interface has changed: see the changelog's rules, then run ./dev api --write")


def _public(package: griffe.Object) -> Iterator[str]:
    for path in MODULES:
        module = _member(package, path)
        for name in module.exports or [each for each in module.members if not each.startswith("_")]:
            member = module.members.get(str(name))
            if member is not None and not (member.is_alias and module.exports is None):
                yield from _described(f"{path}.{name}", member)
    for path in OPERATIONS:
        for module in _member(package, path).members.values():
            for owner in [] if module.is_alias or not module.is_module else module.members.values():
                if not owner.is_alias and owner.is_class and not owner.name.startswith("_"):
                    yield from _described(owner.path, owner)


def _member(package: griffe.Object, path: str) -> griffe.Object:
    return package[path.partition(".")[2]] if "." in path else package


def _described(path: str, member: griffe.Object | griffe.Alias) -> Iterator[str]:
    """A name with its signature or type, and if it is a class, the names in it."""
    target = member.final_target if member.is_alias else member
    match target:
        case griffe.Function():
            yield f"{path}{target.signature(return_type=True).removeprefix(target.name)}"
        case griffe.Class():
            yield f"{path}({', '.join(map(str, target.bases))})"
            for name, each in target.members.items():
                if not each.is_alias and (name == "__init__" or not name.startswith("_")):
                    yield from _described(f"{path}.{name}", each)
        case griffe.Attribute():
            kind = f": {target.annotation}" if target.annotation else ""
            yield f"{path}{kind}" + (f" = {target.value}" if target.value else "")
        case _:
            yield path


main()
