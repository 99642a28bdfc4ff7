import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.__main__ import DESCRIPTIONS, ROOT, descriptions, header, main

FIXTURE = Path(__file__).parent / "fixture.yaml"
DESCRIPTION = DESCRIPTIONS / "payments.yaml"
GENERATED = Path("payments_async/models/generated")
FILES = ["__init__.py", "connectors.py", "examples.py", "models.py", "operations.py"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of its own, with the small description and nothing generated."""
    (tmp_path / DESCRIPTION).parent.mkdir()
    shutil.copy(FIXTURE, tmp_path / DESCRIPTION)
    return tmp_path


def written(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((root / GENERATED).glob("*"))}


def test_the_committed_files_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], ROOT) == 0, capsys.readouterr().out + capsys.readouterr().err


def test_every_file_names_the_command(root: Path) -> None:
    assert main([], root) == 0
    assert list(written(root)) == FILES
    first = header(DESCRIPTION)
    assert all(text.decode().startswith(f"{first}\n\n") for text in written(root).values())
    assert "`python -m codegen` from openapi/payments.yaml" in first
    assert "Do not edit" in first


def test_every_description_is_generated_from_into_its_own_package(root: Path) -> None:
    later = FIXTURE.read_text().replace("package: payments_async.models", "package: payments_async.v3.models")
    (root / DESCRIPTIONS / "payments-v3.yaml").write_text(later)
    assert main([], root) == 0
    there = root / "payments_async/v3/models/generated"
    assert sorted(path.name for path in there.glob("*")) == FILES == list(written(root))
    assert "from openapi/payments-v3.yaml" in (there / "models.py").read_text()
    assert "from payments_async.v3.models.generated.models import" in (there / "connectors.py").read_text()


def test_the_descriptions_of_this_project_are_two() -> None:
    assert [path.name for path in descriptions(ROOT)] == ["payments-v3.yaml", "payments.yaml"]


def test_check_says_fresh_stale_and_missing_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = main(["--check"], root)
    shown = capsys.readouterr().out
    assert missing == 1
    assert not (root / GENERATED).exists()
    assert all(f"--- /dev/null\n+++ {GENERATED}/{name}\n" in shown for name in FILES)

    main([], root)
    assert main(["--check"], root) == 0
    assert capsys.readouterr().out == ""

    models = root / GENERATED / "models.py"
    fresh = models.read_text()
    models.write_text(fresh.replace("    version: str\n", "    version: int\n"))
    stale = main(["--check"], root)
    shown = capsys.readouterr().out
    assert stale == 1
    assert f"--- {GENERATED}/models.py\n+++ {GENERATED}/models.py\n" in shown
    assert "-    version: int\n+    version: str\n" in shown
    assert "operations.py" not in shown
    assert "version: int" in models.read_text()

    assert main([], root) == 0
    assert models.read_text() == fresh


def test_other_line_ends_are_stale(root: Path) -> None:
    main([], root)
    models = root / GENERATED / "models.py"
    models.write_bytes(models.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["--check"], root) == 1


def test_the_bytes_depend_on_the_description_alone(root: Path) -> None:
    shutil.copytree(ROOT / "codegen", root / "codegen", ignore=shutil.ignore_patterns("__pycache__"))
    # Neither a package of the same name at hand nor settings of ruff may be seen in the output.
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pyproject.toml").write_text("[tool.ruff]\nline-length = 40\n")
    (elsewhere / "attrs").mkdir()
    results: list[dict[str, bytes]] = []
    for seed, folder in (("0", root), ("1", elsewhere), ("4242", elsewhere)):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run([sys.executable, "-m", "codegen"], cwd=folder, env=environment, check=True)
        results.append(written(root))
        shutil.rmtree(root / GENERATED)
    assert list(results[0]) == FILES
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("paths: {", "payments.yaml cannot be read: while parsing"),
        ("- a list", "payments.yaml is not an OpenAPI description: it needs `paths` and `components`"),
        (None, "openapi has no description: add one, such as payments.yaml"),
    ],
)
def test_a_description_that_is_none(
    root: Path, capsys: pytest.CaptureFixture[str], text: str | None, message: str
) -> None:
    (root / DESCRIPTION).unlink()
    if text is not None:
        (root / DESCRIPTION).write_text(text)
    assert main([], root) == 2
    assert capsys.readouterr().err.startswith(f"codegen: {message}")
    assert not (root / GENERATED).exists()


def test_a_bad_description_ends_the_command_with_2_and_all_messages(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = FIXTURE.read_text().replace("name: {type: string}", "name: {type: string, enum: [A]}")
    (root / DESCRIPTION).write_text(text)
    assert main([], root) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(
        "codegen: payments.yaml: components.schemas.PoolRequest.properties.name: enum without a name;"
    )
    assert "\ncomponents.schemas.StripeConfig.properties.name: enum without a name;" in shown.err
    assert not (root / GENERATED).exists()
