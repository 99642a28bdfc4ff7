"""The command `python -m codegen`: writes the generated files; with `--check`, only checks that they are fresh."""

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from codegen.check import check
from codegen.description import DescriptionError, Json, load
from codegen.examples import examples_source
from codegen.filters import filters_sources
from codegen.models import models_sources
from codegen.operations import operations_source
from codegen.prepare import prepared
from codegen.settings import settings_of

ROOT = Path(__file__).resolve().parent.parent
DESCRIPTIONS = Path("openapi")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command in a project's root folder, for all of its descriptions.

    Returns:
        0: written, or up to date; 1: `--check` found a stale or missing file; 2: a description has errors.
    """
    parser = argparse.ArgumentParser("python -m codegen", description=f"Write code from each {DESCRIPTIONS}/*.yaml.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 with a diff if a file is stale")
    checking = parser.parse_args(arguments).check
    files: dict[Path, str] = {}
    try:
        for path in descriptions(root):
            files |= generated(load(root / path), path)
    except DescriptionError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return 2
    stale = [diff for path, text in files.items() if (diff := difference(root, path, text))]
    if checking:
        sys.stdout.writelines(stale)
        if stale:
            print("codegen: stale, run `python -m codegen`", file=sys.stderr)
        return 1 if stale else 0
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="\n")
    return 0


def descriptions(root: Path) -> list[Path]:
    """The paths of a project's descriptions, relative to its root."""
    found = sorted(path.relative_to(root) for path in (root / DESCRIPTIONS).glob("*.yaml"))
    if not found:
        raise DescriptionError(f"{DESCRIPTIONS} has no description: add one, such as payments.yaml")
    return found


def generated(description: Json, path: Path) -> dict[Path, str]:
    """The text of every file generated from a description, by its path relative to the root.

    Raises:
        DescriptionError: the description has errors; the message names it.
    """
    try:
        check(description)
        sources = models_sources(prepared(description)) | filters_sources(description)
        sources["examples.py"] = examples_source(description)
        sources["operations.py"] = operations_source(description)
    except DescriptionError as error:
        raise DescriptionError(f"{path.name}: {error}") from error
    folder = Path(*settings_of(description).package.split("."), "generated")
    return {folder / name: f"{header(path)}\n\n{source}" for name, source in sources.items()}


def header(path: Path) -> str:
    """The first line of every file generated from a description."""
    return f"# Written by `python -m codegen` from {path.as_posix()}. Do not edit: change the description and run it."


def difference(root: Path, path: Path, text: str) -> str:
    """What writing the text would change, as a unified diff; the whole text if there is no file yet."""
    present = (root / path).exists()
    old = (root / path).read_bytes().decode("utf-8") if present else ""
    lines = (old.splitlines(keepends=True), text.splitlines(keepends=True))
    return "".join(difflib.unified_diff(*lines, path.as_posix() if present else "/dev/null", path.as_posix()))


if __name__ == "__main__":
    sys.exit(main())
