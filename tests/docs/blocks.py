"""The blocks of a page of Markdown, and how each of them is run against a sandbox.

A block that runs an event loop, as by `asyncio.run(`, is a whole program and runs as one. A block with tests is run by
pytest. Any other is a fragment: it may await at its top level, and finds a client, the sandbox and some ids under the
names of `prepared`; on the page of v3, those of a sandbox of version 3.4. A block of the command line is run by a
shell, with ids in variables. Where a block of text follows at once, it is what the block prints.
"""

import ast
import asyncio
import inspect
import io
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, chdir, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
import attrs

import payments_async.drain  # noqa: F401  # a program imports it before it has a loop, and a fragment would within one
from payments_async import ClientCredentials, PaymentsClient
from payments_async.models import AccountType
from payments_async.sandbox import Sandbox
from payments_async.sandbox.providers import PROVIDERS
from tests.v3 import requests

_FENCED = r"^```{}\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?"
_PROGRAM = re.compile(r"^\w+\.run\(", re.MULTILINE)


@attrs.frozen
class Block:
    """One block, where it stands, and what the page says it prints."""

    page: Path
    line: int
    code: str
    prints: str | None

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path, language: str = "python") -> list[Block]:
    """The blocks of a page in a language."""
    text = page.read_text()
    found = re.finditer(_FENCED.format(language), text, re.MULTILINE | re.DOTALL)
    return [Block(page, text.count("\n", 0, each.start()) + 2, each[1], each[2]) for each in found]


def needs_cluster(block: Block) -> bool:
    """Whether a block is the program of the page on clusters, which `test_cluster_page.py` runs on one."""
    return block.page.name == "cluster.md" and bool(_PROGRAM.search(block.code))


async def run(block: Block, sandbox: Sandbox, client: PaymentsClient, folder: Path) -> None:
    """Run a block, and hold what it prints against what the page says."""
    environment = _environment(sandbox)
    code = block.code.replace("https://acme.example.com", sandbox.url)
    code = code.replace("client-id", sandbox.client_id).replace("client-secret", sandbox.client_secret)
    if "def test_" in code:
        (folder / "test_block.py").write_text(code)
        (folder / "pytest.ini").write_text(
            "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
        )
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        plugins = [
            f"-p{each}" for each in ("pytest_asyncio.plugin", "payments_async.testing.plugin", "no:cacheprovider")
        ]
        await _python(environment, "-m", "pytest", *plugins, str(folder))
        return
    if _PROGRAM.search(code):
        printed = await _python(environment, "-c", code)
    else:
        async with AsyncExitStack() as stack:
            names = await prepared(sandbox, client, folder)
            if block.page.name == "v3.md":
                names |= await stack.enter_async_context(current())
            if block.page.name == "cluster.md":
                await asyncio.to_thread(import_module, "payments_async.drain.dask")  # here alone, since it takes long
            with patch.dict(os.environ, environment), chdir(folder), redirect_stdout(io.StringIO()) as output:
                await _fragment(block, code, names)
        printed = output.getvalue()
    assert printed or "print(" not in code
    assert block.prints in (None, printed)


async def run_in_shell(block: Block, sandbox: Sandbox, client: PaymentsClient, folder: Path) -> None:
    """Run a block of commands, and hold what they print against what the page says."""
    (command := folder / "payments-async").write_text(
        f"#!{sys.executable}\nfrom payments_async.cli import main\n\nmain()\n"
    )
    command.chmod(0o755)
    async with AsyncExitStack() as stack:
        names = await prepared(sandbox, client, folder)
        if "--api v3" in block.code:
            names |= await stack.enter_async_context(current())
        environment = {
            **_environment(names["sandbox"]),
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "ACCOUNT_ID": names["internal_account_id"],
            "CONNECTOR_ID": names["connector_id"],
            "PAYMENT_ID": names["payment_id"],
            "REFERENCE": names.get("reference", ""),
            "TRANSFER_ID": names.get("transfer_id", ""),
            "FAILED_REFERENCE": names.get("failed_reference", ""),
            "TASK_ID": names.get("task_id", ""),
        }
        process = await asyncio.create_subprocess_exec(
            *("sh", "-eu", "-c", block.code),
            cwd=folder,
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed = (await process.communicate())[0].decode()
    assert process.returncode == 0, printed
    assert printed
    assert block.prints in (None, printed)


def _environment(sandbox: Sandbox) -> dict[str, str]:
    return {
        "FORMANCE_URL": sandbox.url,
        "FORMANCE_CLIENT_ID": sandbox.client_id,
        "FORMANCE_CLIENT_SECRET": sandbox.client_secret,
    }


async def prepared(sandbox: Sandbox, client: PaymentsClient, folder: Path) -> dict[str, Any]:
    """The names that a fragment finds."""
    connectors = await client.connectors.list_all_connectors()
    accounts = [account async for account in client.accounts.list_accounts(page_size=100)]
    token = await _token(sandbox)
    (token_file := folder / "token").write_text(token + "\n")
    payment = (await client.payments.list_payments().first()).data[0]
    makeable = [
        transfer
        async for transfer in client.transfer_initiations.list_transfer_initiations(page_size=100)
        if transfer.provider and transfer.type in PROVIDERS[transfer.provider].initiates
    ]
    return {
        "__name__": "fragment",
        "client": client,
        "sandbox": sandbox,
        "connector_id": next(each.connector_id for each in connectors if each.provider == "STRIPE"),
        "payment_id": payment.id,
        "reference": payment.reference,
        "transfer_id": next(each.id for each in makeable if each.status == "WAITING_FOR_VALIDATION"),
        "failed_reference": next(each.reference for each in makeable if each.status == "FAILED"),
        "internal_account_id": next(account.id for account in accounts if account.type == AccountType.INTERNAL),
        "external_account_id": next(account.id for account in accounts if account.type == AccountType.EXTERNAL),
        "token": token,
        "token_file": token_file,
    }


@asynccontextmanager
async def current() -> AsyncIterator[dict[str, Any]]:
    """A sandbox of version 3.4, and the names that a fragment of v3 finds: two of a generic connector's accounts."""
    async with (
        Sandbox(version="3.4", payments=50, connectors=23, task_delay=0) as sandbox,
        PaymentsClient(sandbox.url, auth=ClientCredentials(sandbox.client_id, sandbox.client_secret)) as client,
    ):
        connectors = {each.provider.value: each.id async for each in client.v3.connectors.list_connectors()}
        names: dict[str, Any] = {"client": client, "sandbox": sandbox, "connector_id": connectors["generic"]}
        for kind in (AccountType.INTERNAL, AccountType.EXTERNAL):
            account = requests.account(reference=kind.value, connector_id=connectors["generic"], type=kind.value)
            names[f"{kind.value.lower()}_account_id"] = (await client.v3.accounts.ensure_account(account)).id
        api, ids = client.v3.payment_initiations, []
        for reference in ("made", "waiting"):
            request = requests.initiation(
                reference=reference,
                connector_id=connectors["generic"],
                source_account_id=names["internal_account_id"],
                destination_account_id=names["external_account_id"],
            )
            ids.append((await api.ensure_payment_initiation(request)).id)
        task_id = await api.approve_payment_initiation(ids[0])
        await api.wait_for(ids[0], task_id=task_id)
        yield {**names, "initiation_id": ids[0], "task_id": task_id, "bank_connector_id": connectors["plaid"]}


async def _fragment(block: Block, code: str, names: dict[str, Any]) -> None:
    # As many lines above it as on the page, so that a traceback names the right one.
    source = "\n" * (block.line - 1) + code
    compiled = compile(source, block.page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    running = eval(compiled, names)
    if inspect.iscoroutine(running):
        await running


async def _python(environment: dict[str, str], *arguments: str) -> str:
    """What a Python of its own prints; warnings are errors there."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", *arguments),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, errors = (text.decode() for text in await process.communicate())
    assert (process.returncode, errors) == (0, ""), printed + errors
    return printed


async def _token(sandbox: Sandbox) -> str:
    """A token, fetched without the client, so that the client's own stays out of the count."""
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sandbox.url}/api/auth/oauth/token", data=form) as answer,
    ):
        return str((await answer.json())["access_token"])
