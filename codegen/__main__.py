"""The command `python -m codegen`: writes the generated files, or with `--check` says whether they are fresh."""

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from codegen.check import check
from codegen.description import DescriptionError, Json, load
from codegen.models import models_sources
from codegen.operations import operations_source
from codegen.prepare import prepared

ROOT = Path(__file__).resolve().parent.parent
DESCRIPTION = Path("openapi/payments.yaml")
GENERATED = Path("payments_async/models/generated")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command below a project's root.

    Returns:
        0: written, or fresh; 1: `--check` found a stale or missing file; 2: the description cannot be generated from.
    """
    parser = argparse.ArgumentParser("python -m codegen", description=f"Write {GENERATED} from {DESCRIPTION}.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 with a diff if a file is stale")
    checking = parser.parse_args(arguments).check
    try:
        files = generated(load(root / DESCRIPTION))
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


def generated(description: Json) -> dict[Path, str]:
    """The text of every generated file, by its path below the root."""
    check(description)
    sources = models_sources(prepared(description)) | {"operations.py": operations_source(description)}
    return {GENERATED / name: source for name, source in sources.items()}


def difference(root: Path, path: Path, text: str) -> str:
    """What writing the text would change, as a unified diff; all of it where there is no file yet."""
    present = (root / path).exists()
    old = (root / path).read_bytes().decode("utf-8") if present else ""
    lines = (old.splitlines(keepends=True), text.splitlines(keepends=True))
    return "".join(difflib.unified_diff(*lines, path.as_posix() if present else "/dev/null", path.as_posix()))


if __name__ == "__main__":
    sys.exit(main())
