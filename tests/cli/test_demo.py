import re
from collections.abc import AsyncIterator, Callable
from io import StringIO

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from payments_async import Page, Pages
from payments_async.cli.app import app
from payments_async.cli.demo import drain
from payments_async.models import Payment


def run_demo(*options: str) -> Result:
    return CliRunner().invoke(app, ["demo", *options])


def test_demo_drains_all_payments_and_says_so() -> None:
    result = run_demo("--payments", "250", "--page-size", "60")
    assert result.exit_code == 0, result.output
    counts = dict(re.findall(r"^(Items|Pages|Requests|Tokens|Seconds) +(.*?) *$", result.output, re.MULTILINE))
    assert float(counts.pop("Seconds")) > 0
    assert counts == {"Items": "250 of 250, each once", "Pages": "5", "Requests": "6", "Tokens": "1"}


def test_demo_drains_a_server_of_version_34_by_its_current_api() -> None:
    result = run_demo("--server-version", "3.4", "--payments", "250", "--page-size", "60")
    assert result.exit_code == 0, result.output
    assert "250 of 250, each once" in result.output


def test_demo_shows_exact_totals_and_five_rows() -> None:
    totals, _, samples = run_demo("--payments", "250").output.partition("5 of them")
    assert re.search(r"^ +USD/2 +-?[\d,]+\.\d\d +decimal", totals, re.MULTILINE)
    assert re.search(r"^ +\w+ +-?[\d,]+ +integer units", totals, re.MULTILINE)
    assert len(re.findall(r"^ +\d{4}-\d\d-\d\d +\S+ ", samples, re.MULTILINE)) == 5


def test_demo_is_plain_where_it_is_piped() -> None:
    printed = run_demo("--payments", "10").output
    assert "\x1b" not in printed
    assert "Draining" not in printed


async def test_demo_shows_a_bar_on_a_terminal() -> None:
    terminal = StringIO()
    await drain(Console(file=terminal, force_terminal=True), payments=10, seed=7, page_size=5)
    assert "10/10" in terminal.getvalue()


async def the_first_page_alone(pages: Pages[Payment]) -> AsyncIterator[Page[Payment]]:
    yield await pages.first()


async def the_first_page_twice(pages: Pages[Payment]) -> AsyncIterator[Page[Payment]]:
    yield await pages.first()
    yield await pages.first()


@pytest.mark.parametrize(
    ("walk", "counted"),
    [
        (the_first_page_alone, "100 of 200, 100 different ones"),
        (the_first_page_twice, "200 of 200, 100 different ones"),
    ],
)
def test_demo_fails_unless_each_payment_came_once(
    walk: Callable[[Pages[Payment]], AsyncIterator[Page[Payment]]], counted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pages, "by_page", walk)
    result = run_demo("--payments", "200")
    assert result.exit_code == 1
    assert counted in result.output
