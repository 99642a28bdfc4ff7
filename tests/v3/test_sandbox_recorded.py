"""The sandbox of version 3.4 answers as the real service answered when it was recorded.

`recorded_requests.jsonl` holds what was asked, a request a line, in this order:

- `ask` is the method and the target of a request, and `headers` are further ones. Its body is `body` as JSON, or `text`
  as it is.
- `status` and `code`, an `errorCode`, are what came back, and its content type was JSON unless `type` says otherwise.
- `call` is a method of the sandbox in place of a request: what only a provider brings about.
- Where `work` is true, the tasks of the sandbox are worked off before.
- `name` is what the id in the answer is called from there on.

In texts, «generic1» stands for the id of that connector, «generic1 a» for that of its account, order or payment
initiation `a`, «generic1 p PAY-IN» for that of its payment, and other «…» hold their JSON. `<pool1>` is a UUID by its
name.

What was answered is in `recorded_answers.jsonl`: the sandbox's answer has all members that every recorded answer of the
operation with this status has, and none that no such answer has, each of a type that it had there.
"""

import json
import re
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import aiohttp
from yarl import URL

from payments_async.sandbox import Sandbox

from .recorded import EXCHANGES

FILE = Path(__file__).parent / "recorded_requests.jsonl"
REQUESTS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FREE = ("metadata", "raw", "config", "query")
"""Members that hold what others have put there."""


class Names:
    """UUIDs by name; one that no answer has named is made up."""

    def __init__(self) -> None:
        self._uuids = {"nil": str(uuid.UUID(int=0))}
        self._states: dict[str, str] = {}

    def learn(self, name: str, answer: Any) -> None:
        """Name the UUID in an answer."""
        match answer:
            case {"data": str() as text} | {"data": {"createdObjectID": str() as text}} | {"attemptID": str() as text}:
                pass
            case {"cursor": {"data": [{"connectionID": str() as text}, *_]}}:
                pass
            case _:
                raise AssertionError(answer)
        if "link" in answer:
            self._states[name] = URL(answer["link"]).query["state"]
        self._uuids[name] = text if UUID.fullmatch(text) else json.loads(decoded(text))["Reference"]

    def sent(self, value: Any) -> Any:
        """A value of the recording as it goes to the sandbox."""
        match value:
            case str():
                return self._text(value)
            case {"of": str() as text, "times": int() as times}:
                return text * times
            case dict():
                return {name: self.sent(member) for name, member in cast("dict[str, Any]", value).items()}
            case list():
                return [self.sent(member) for member in value]
            case _:
                return value

    def _text(self, text: str) -> str:
        text = re.sub("<([a-z]+[0-9]*)>", lambda found: self._uuid(found[1]), text)
        while "«" in text:
            text = re.sub("«([^«»]*)»", lambda found: self._token(found[1]), text)
        return text

    def _token(self, text: str) -> str:
        name, *rest = text.split(" ")
        if name == "state":
            return self._states[rest[0]]
        if not text.startswith("{"):
            connector: Any = {"Provider": re.sub("[0-9]*$|^nil$", "", name), "Reference": self._uuid(name)}
            connector = (
                {"ConnectorID": connector, **dict(zip(("Reference", "Type"), rest, strict=False))}
                if rest
                else connector
            )
            text = json.dumps(connector, ensure_ascii=False, separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _uuid(self, name: str) -> str:
        return self._uuids.setdefault(name, str(uuid.uuid4()))


def decoded(token: str) -> str:
    return urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()


def members(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The members of a value by their paths, and the elements of its lists."""
    if isinstance(value, dict) and path.rpartition(".")[2] not in FREE:
        yield from ((f"{path}.{name}", member) for name, member in cast("dict[str, Any]", value).items())
    elif isinstance(value, list):
        yield from ((f"{path}[]", member) for member in value)


def possible(value: Any, path: str = "") -> set[tuple[str, str]]:
    """The paths and types of all that is in an answer."""
    inner = (possible(member, name) for name, member in members(value, path))
    return {(path, type(value).__name__)}.union(*inner)


def certain(value: Any, path: str = "") -> set[str]:
    """The paths that are in an answer, those inside a list only if each of its elements has them."""
    inner = [certain(member, name) for name, member in members(value, path)]
    found = set[str]().union(*inner) if isinstance(value, dict) else set.intersection(*inner) if inner else set()
    return {path} | found


def differences(asked: dict[str, Any], answer: Any) -> list[str]:
    """What an answer has that no recorded one had, or lacks that all had."""
    kind = (asked["operation"], asked["status"])
    recorded = [each.body for each in EXCHANGES if (each.operation, each.status) == kind]
    allowed = set[tuple[str, str]]().union(*map(possible, recorded))
    found, paths = possible(answer), {path for path, _ in possible(answer)}
    # Nothing can be said about the elements of a list that has none.
    lists = [path for path, member in possible(answer) if member == "list" and f"{path}[]" not in paths]
    needed = set.intersection(*map(certain, recorded))
    absent = [path for path in needed - paths if not path.startswith(tuple(f"{each}[]" for each in lists))]
    return [f"{path} is absent" for path in absent] + [f"{path} is {kind}" for path, kind in found - allowed]


async def test_the_sandbox_answers_every_recorded_request_as_the_server_did() -> None:
    names, wrong = Names(), list[str]()
    options: dict[str, Any] = {"auth": False, "api_path": "", "task_delay": None, "clock": lambda: NOW}
    async with Sandbox(version="3.4", **options) as sandbox, aiohttp.ClientSession() as session:
        for asked in REQUESTS:
            if "call" in asked:
                getattr(sandbox, asked["call"])(**names.sent(asked["with"]))
                continue
            if asked.get("work"):
                sandbox.work_tasks()
            method, target = names.sent(asked["ask"]).split(" ", 1)
            content = asked.get("text") if "body" not in asked else json.dumps(names.sent(asked["body"]))
            headers = names.sent(asked.get("headers", {}))
            url = URL(sandbox.url + target, encoded=True)
            async with session.request(method, url, data=content, headers=headers, allow_redirects=False) as response:
                text = await response.text()
            answer = json.loads(text) if text.startswith(("{", "[")) else None
            code = answer.get("errorCode") if isinstance(answer, dict) else None
            got = (response.status, code, response.headers.get("Content-Type"))
            if got != (asked["status"], asked.get("code"), asked.get("type", "application/json")):
                wrong.append(f"{asked['ask']}: {got}, {text[:200]}")
            elif asked["status"] < 300 and "operation" in asked and answer is not None:
                wrong += [f"{asked['ask']}: {each}" for each in differences(asked, answer)]
            if "name" in asked and response.status < 300:
                names.learn(asked["name"], answer)
    assert not wrong, "\n".join(wrong)


def test_every_kind_of_recorded_answer_is_asked_for() -> None:
    asked = {(each.get("operation"), each.get("status"), each.get("code")) for each in REQUESTS}
    for each in EXCHANGES:
        code = each.body.get("errorCode") if isinstance(each.body, dict) else None
        assert each.operation is None or (each.operation, each.status, code) in asked, each
    assert FILE.stat().st_size < 256 * 1024
