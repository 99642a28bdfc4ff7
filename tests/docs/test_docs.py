import re
from pathlib import Path

import pytest

from payments_async import PaymentsClient, filters
from payments_async.cli.app import app
from payments_async.models import ErrorCode
from payments_async.models.generated.operations import OPERATIONS
from payments_async.sandbox import Sandbox
from payments_async.v3 import filters as filters_v3
from payments_async.v3.models.generated.operations import OPERATIONS as OPERATIONS_V3
from payments_async.wire import errors
from tests.docs.blocks import Block, blocks, needs_cluster, run, run_in_shell

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


HERE = [block for page in PAGES for block in blocks(page) if not needs_cluster(block)]


@pytest.mark.parametrize("block", HERE, ids=str)
async def test_each_python_block_runs(block: Block, sandbox: Sandbox, client: PaymentsClient, tmp_path: Path) -> None:
    await run(block, sandbox, client, tmp_path)


COMMANDS = blocks(DOCS / "command-line.md", "sh")


@pytest.mark.long
@pytest.mark.parametrize("block", COMMANDS, ids=str)
async def test_each_block_of_the_command_line_runs(
    block: Block, sandbox: Sandbox, client: PaymentsClient, tmp_path: Path
) -> None:
    await run_in_shell(block, sandbox, client, tmp_path)


def test_exit_codes_are_those_of_the_help() -> None:
    told = re.findall(r"^\| (\d+) \| (.*) \|$", (DOCS / "command-line.md").read_text(), re.MULTILINE)
    helped = re.findall(r"^ *(\d+)  (.*)$", app.info.epilog or "", re.MULTILINE)
    assert told == helped
    assert len(told) == 6


def test_every_block_says_its_language() -> None:
    for page in PAGES:
        opened = re.findall(r"^```(.*)$", page.read_text(), re.MULTILINE)[::2]
        assert set(opened) <= {"json", "python", "sh", "text", "yaml"}, page.name


def test_tree_of_errors_is_that_of_the_code() -> None:
    tree = re.search(r"^```text\n(PaymentsError\n.*?)^```", (DOCS / "errors.md").read_text(), re.MULTILINE | re.DOTALL)
    assert tree
    assert tree[1] in (errors.__doc__ or "")


def test_error_codes_are_those_of_the_description() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| \d+ \|", (DOCS / "errors.md").read_text(), re.MULTILINE)
    assert set(rows) == set(ErrorCode)


def test_filters_are_those_of_the_description() -> None:
    told: dict[str, dict[str, set[str]]] = {}
    operation = ""
    for name, keys, operators, _, on_the_wire in rows("Filters"):
        operation = name.strip("`").rpartition(".")[2] or operation
        there = told.setdefault(operation, {})
        for path, key in zip(texts(keys), texts(on_the_wire), strict=True):
            assert eval(f"filters.{path}", {"filters": filters}).name == key
            there[key] = {f"${each}" for each in texts(operators)}
    described = {
        each.name: {key: set(some) for key, some in each.filters.items()}
        for each in OPERATIONS
        if "query" in each.query_parameters
    }
    assert told == described


def test_sort_columns_are_those_of_the_description() -> None:
    told = {name.strip("`").rpartition(".")[2]: set(texts(columns)) for name, columns in rows("Sort")}
    assert told == {each.name: set(each.sort_columns) for each in OPERATIONS if each.sort_columns}


def rows(section: str) -> list[list[str]]:
    """The cells of the first table in a section of the page on filters, without its head."""
    page = (DOCS / "filters-and-sort.md").read_text()
    lines = re.split(r"\n##+ ", page.partition(f"\n## {section}\n")[2])[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]


def texts(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


V3 = (DOCS / "v3.md").read_text()


def test_table_of_operations_of_v3_is_the_description() -> None:
    rows = re.findall(r"^\| `(\w+)\.(\w+)` \| `(\w+) (\S+)` \| `(\w+)` \|$", V3, re.MULTILINE)
    assert {(name, method, path) for _, name, method, path, _ in rows} == {
        (each.name, each.method, each.path) for each in OPERATIONS_V3
    }
    assert len(rows) == 64
    client = PaymentsClient("https://acme.example.com")
    for attribute, name, _, _, official in rows:
        assert hasattr(getattr(client.v3, attribute), name)
        assert official.removeprefix("v3_") == name


def test_filters_of_v3_are_those_of_the_description() -> None:
    told: dict[str, dict[str, set[str]]] = {}
    name = ""
    table = V3.partition("| list | keys | operators | values |")[2].partition("\n\n")[0]
    for line in table.strip().splitlines()[1:]:
        lists, keys, operators, _ = (cell.strip() for cell in line.strip("|").split("|"))
        name = lists.strip("`").rpartition(".")[2] or name
        for key in texts(keys):
            group = f"filters.{name.removeprefix('list_')}"
            found = eval(f"{group}.{key}", {"filters": filters_v3})
            told.setdefault(name, {})[found.name] = {f"${each}" for each in texts(operators)}
    assert told == {
        each.name: {key: set(some) for key, some in each.filters.items()} for each in OPERATIONS_V3 if each.filters
    }


def test_every_operation_of_the_earlier_api_is_told_what_became_of_it() -> None:
    moving = V3.partition("## Moving from v1 to v3")[2].partition("\n\n\n")[0].partition("## All 64")[0]
    told = set(re.findall(r"\w+", moving))
    gone = {each.name for each in OPERATIONS if each.deprecated} | {"connectors_transfer"}
    assert {each.name for each in OPERATIONS} - told - gone == set()


def test_each_test_that_the_security_page_names_is_there() -> None:
    named = re.findall(r"`(tests/\S+\.py)::(\w+)`", (DOCS / "security.md").read_text())
    assert len(named) > 20
    for path, test in named:
        assert re.search(rf"^(async )?def {test}\(", (DOCS.parent / path).read_text(), re.MULTILINE), (path, test)
