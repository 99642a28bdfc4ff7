"""Help, usage, completion: what the command line says without asking anybody."""

import os
import subprocess
import sys
from typing import Any

import pytest
import typer.main

import payments_async
from payments_async.cli.app import app
from payments_async.cli.completion import conditions
from payments_async.cli.options import RESOURCES
from tests.cli.running import COMMAND, Command

COMMANDS = ["list", "get", "balances", "connectors", "request", "info", "export", "demo", "sandbox"]
GROUPED = [("tasks", "get"), ("tasks", "wait"), ("transfers", "approve"), ("transfers", "retry"), ("create", "payment")]


async def test_help_names_every_command_and_exit_code(command: Command) -> None:
    ran = await command("--help")
    assert (ran.code, ran.err) == (0, "")
    for each in [*COMMANDS, "--client-secret-file", "--install-completion", "  3  not found", "130  ended by Ctrl-C"]:
        assert each in ran.out


@pytest.mark.parametrize("names", [*((name,) for name in COMMANDS), *GROUPED])
async def test_help_of_each_command_has_an_example(names: tuple[str, ...], command: Command) -> None:
    ran = await command(*names, "--help")
    assert ran.code == 0
    assert "Examples:\n    payments-async " in ran.out


def test_help_loads_neither_the_sdk_nor_what_it_stands_on() -> None:
    program = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {COMMAND}"
    printed = subprocess.run([sys.executable, "-c", program, "--help"], check=True, capture_output=True, text=True)
    loaded = set(printed.stdout.splitlines()[-1].split())
    assert "payments_async.cli.app" in loaded
    assert {"aiohttp", "attrs", "msgspec", "payments_async.client", "payments_async.models", "rich"}.isdisjoint(loaded)


async def test_without_a_command_there_is_help_and_a_code_for_usage(command: Command) -> None:
    ran = await command()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: payments-async ")


@pytest.mark.parametrize(
    ("arguments", "wrong", "read_on"),
    [
        (["lisst"], "'lisst'", "payments-async --help"),
        (["list", "payments", "--quiet"], "--quiet", "payments-async list --help"),
        (["list", "payments", "--url", "https://a.example"], "--url goes before the command", "payments-async --help"),
        (["export", "payments"], "'--to'", "payments-async export --help"),
        (["get", "payout", "x"], f"'payout' is not one of {', '.join(RESOURCES)}", "payments-async get --help"),
        (["list", "payments", "--limit", "0"], "'--limit'", "payments-async list --help"),
    ],
)
async def test_wrong_usage_is_one_line_that_says_where_to_read_on(
    arguments: list[str], wrong: str, read_on: str, command: Command
) -> None:
    ran = await command(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("payments-async: ")
    assert wrong in ran.err
    assert ran.err.endswith(f"; see {read_on}\n")
    assert ran.err.count("\n") == 1


def test_the_package_is_a_program_that_says_its_version() -> None:
    started = [sys.executable, "-m", "payments_async", "--version"]
    printed = subprocess.run(started, check=True, capture_output=True, text=True).stdout
    assert printed == f"payments-async {payments_async.__version__}\n"


def test_no_option_takes_the_text_of_a_secret() -> None:
    group: Any = typer.main.get_command(app)
    of_commands = {name: each.params for name, each in group.commands.items()}
    secret = {
        (name, option)
        for name, params in {"": group.params, **of_commands}.items()
        for param in params
        for option in param.opts
        if any(word in option for word in ("secret", "token-", "password", "api-key"))
    }
    # A sandbox's own secret is made up, and guards made-up data.
    assert secret == {("", "--client-secret-file"), ("", "--token-url"), ("sandbox", "--client-secret")}


def completed(shell: str, words: str) -> set[str]:
    """What a shell offers for the last of the words."""
    environment = {
        **os.environ,
        "_PAYMENTS_ASYNC_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    run = subprocess.run([sys.executable, "-c", COMMAND], env=environment, check=False, capture_output=True, text=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("shell", ["bash", "fish"])
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("payments-async list ", set(RESOURCES)),
        ("payments-async get p", {"payments", "pools"}),
        ("payments-async export payments --format ", {"jsonl", "csv", "parquet", "sqlite"}),
        ("payments-async ex", {"export"}),
        ("payments-async list payments --where 'status=SUC", {"status=SUCCEEDED"}),
    ],
)
def test_shells_complete_commands_resources_formats_and_conditions(shell: str, words: str, offered: set[str]) -> None:
    assert offered <= completed(shell, words)


@pytest.mark.parametrize(
    ("api", "arguments", "begun", "offered"),
    [
        ("v1", ["payments"], "amount", ["amount=", "amount!=", "amount>", "amount>=", "amount<", "amount<="]),
        ("v1", ["payments"], "meta", ["metadata["]),
        ("v3", ["payments"], "type!=PAY", ["type!=PAY-IN", "type!=PAYOUT"]),
        ("v3", ["payments"], "reference=x", []),
        ("v1", ["balances"], "", ["account_id=", "asset="]),
        ("v1", ["nonsense"], "", []),
        ("v1", [], "", []),
    ],
)
def test_conditions_are_completed_by_what_the_list_takes(
    api: str, arguments: list[str], begun: str, offered: list[str]
) -> None:
    context = typer.Context(typer.main.get_command(app))
    context.params, context.args = {"api": api}, arguments
    assert conditions(context, begun) == offered
