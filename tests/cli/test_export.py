"""`payments-async export` around a drain that plays a part."""

import asyncio
import errno
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from payments_async import PaymentsClient, PaymentsError
from payments_async.cli import export
from payments_async.cli.export import exported
from payments_async.drain import DrainError, Report
from payments_async.sandbox import Sandbox
from tests.cli.running import Command

NO_OPTIONS: dict[str, Any] = {
    "form": None,
    "spreadsheet": False,
    "partitions": 8,
    "rate": None,
    "resume": False,
    "update": False,
    "replace": False,
}
DONE = Report(resource="payments", items=1_234, repeats=3, requests=15, seconds=2.5, rate=493.6, share=1.0, done=True)


class Part:
    """What a drain is to do in the place of draining: commits, then an end or an error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: dict[str, Any] = {}
        self.commits: Sequence[Report] = (Report(resource="payments", items=100, share=0.5), DONE)
        self.error: BaseException | None = None
        self.committed = asyncio.Event()
        self.ends = True
        monkeypatch.setattr(export, "Drain", self.drain)
        monkeypatch.setattr(export, "sink_for", self.sink)

    def sink(self, path: str, form: str | None, *, spreadsheet: bool) -> str:
        if path.endswith(".xls"):
            raise ValueError(f"{path} has no suffix of a format")
        self.asked |= {"path": path, "form": form, "spreadsheet": spreadsheet}
        return "sink"

    def drain(
        self, _: PaymentsClient, resource: str, sink: str, *, on_progress: Callable[[Report], None], **asked: Any
    ) -> Any:
        assert sink == "sink"
        self.asked |= {"resource": resource, **asked}
        self.on_progress = on_progress
        return self

    async def run(self, *, resume: bool, replace: bool, catch_up: bool) -> Report:
        self.asked |= {"resume": resume, "replace": replace, "catch_up": catch_up}
        for each in self.commits:
            self.on_progress(each)
        self.committed.set()
        if self.error is not None:
            raise self.error
        if not self.ends:
            await asyncio.Event().wait()
        return DONE


@pytest.fixture
def part(named: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Part:  # noqa: ARG001
    return Part(monkeypatch)


async def test_an_export_tells_in_a_line_what_it_brought(part: Part, command: Command) -> None:
    ran = await command("export", "payments", "--to", "all.csv")
    assert ran == (0, "1,234 payments in all.csv: 2.5 s, 15 requests, 3 repeats dropped\n", "")
    assert part.asked == {
        "resource": "payments",
        "path": "all.csv",
        "form": None,
        "spreadsheet": False,
        "query": None,
        "partitions": 8,
        "rate": None,
        "resume": False,
        "replace": False,
        "catch_up": False,
    }


async def test_an_export_passes_on_what_it_was_given(part: Part, command: Command) -> None:
    options = (
        "--format",
        "jsonl",
        "--spreadsheet",
        "--partitions",
        "3",
        "--rate",
        "12.5",
        "--where",
        "status=FAILED",
        "--force",
    )
    await command("export", "payment", "--to", "failed", *options)
    query = part.asked.pop("query")
    assert query.expression == {"$match": {"status": "FAILED"}}
    assert part.asked == {
        "resource": "payments",
        "path": "failed",
        "form": "jsonl",
        "spreadsheet": True,
        "partitions": 3,
        "rate": 12.5,
        "resume": False,
        "replace": True,
        "catch_up": False,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["payments", "--to", "a.csv", "--resume", "--force"], "give only one of them"),
        (["payments", "--to", "-", "--format", "jsonl"], "an export goes to a file"),
        (["payments", "--to", "a.xls"], "a.xls has no suffix of a format"),
        (["payments", "--to", "a.csv", "--where", "status=PAID"], "--where status=PAID"),
        (["balances", "--to", "a.csv", "--where", "account_id=x"], "leave out --where"),
        (["payments", "--to", "a.csv", "--rate", "0"], "--rate"),
    ],
)
async def test_what_cannot_be_is_refused_before_anything_is_asked_for(
    arguments: list[str], said: str, part: Part, named: Sandbox, command: Command
) -> None:
    ran = await command("export", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not named.requests
    assert "resource" not in part.asked


@pytest.mark.parametrize(
    "error",
    [
        DrainError("the disk is full"),
        PaymentsError("the server answered 503", operation="list_payments"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
async def test_an_export_that_stops_says_how_to_go_on(error: Exception, part: Part, command: Command) -> None:
    part.error = error
    ran = await command("export", "payments", "--to", "it's all.csv", "--force")
    assert (ran.code, ran.out) == (1, "")
    said, way_on = ran.err.splitlines()
    assert said == f"payments-async: {error}"
    assert way_on == (
        "payments-async: what was exported is kept; continue with: "
        """payments-async export payments --to 'it'"'"'s all.csv' --resume"""
    )


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("all.csv exists already: resume it, or replace it", "--resume resumes it, --force replaces it"),
        ("all.csv has other columns: replace it", "--force replaces it"),
    ],
)
async def test_what_a_drain_advises_is_told_by_the_names_of_options(
    text: str, options: str, part: Part, command: Command
) -> None:
    part.commits, part.error = (), DrainError(text)
    ran = await command("export", "payments", "--to", "all.csv")
    assert ran == (1, "", f"payments-async: {text}\npayments-async: {options}\n")


async def test_no_option_is_named_that_does_not_help(part: Part, command: Command) -> None:
    part.commits, part.error = (), DrainError("pyarrow is missing")
    assert await command("export", "payments", "--to", "all.csv") == (1, "", "payments-async: pyarrow is missing\n")


@pytest.mark.parametrize(
    ("started", "again"),
    [
        ("payments-async", "payments-async"),
        ("/nowhere/of-a-checkout", "/nowhere/of-a-checkout"),
        ("/site-packages/payments_async/__main__.py", f"{sys.executable} -m payments_async"),
    ],
)
async def test_the_way_to_go_on_starts_as_the_command_was_started(
    started: str,
    again: str,
    part: Part,
    client: PaymentsClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    part.error = DrainError("the disk is full")
    monkeypatch.setattr(sys, "argv", [started, "export", "payments", "--to", "all.csv"])
    with pytest.raises(DrainError) as raised:
        await exported("payments", "all.csv", (), "v1", **NO_OPTIONS)(client)
    assert raised.value.__notes__ == [
        f"what was exported is kept; continue with: {again} export payments --to all.csv --resume"
    ]


async def test_an_export_that_is_cancelled_says_how_to_go_on(
    part: Part, client: PaymentsClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    part.ends = False
    monkeypatch.setattr(sys, "argv", ["payments-async", "export", "payments", "--to", "all.csv", "--resume"])
    work = exported("payments", "all.csv", (), "v1", **{**NO_OPTIONS, "resume": True})
    exporting = asyncio.ensure_future(work(client))
    await part.committed.wait()
    exporting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await exporting
    assert capsys.readouterr().err.endswith("payments-async export payments --to all.csv --resume\n")
