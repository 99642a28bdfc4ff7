from pathlib import Path

import pytest

from tests.examples.program import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_short_and_tested(example: Path) -> None:
    assert len(example.read_text(encoding="utf-8").splitlines()) < 60
    assert f"examples/{example.name}" in Path(__file__).with_name(f"test_{example.name}").read_text(encoding="utf-8")
