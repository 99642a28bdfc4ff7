"""The sandbox answers as the real service 2.0.9 answered when it was recorded.

The files of this folder hold the recording, an exchange a line, in the order in which they are sent:

- `ask` is the method and the target of a request, and `headers` are further ones. Its body is `body` as JSON, or `text`
  as it is, in UTF-8 or another `encoding`. Where `chunked` is true, it is sent in chunks.
- `status` and `answer`, JSON or a text, are what came back. Its content type was `application/json` and its `Vary` was
  `Origin`, unless `type`, `vary` and `location` say otherwise; `null` stands for none. A line without a status is sent
  and its answer not compared, because the real service does not answer it alike every time.
- `call` is a method of the sandbox in place of a request: what only a provider brings about.
- `name` is what the id in the answer is called from there on.

In texts, `«…»` stands for an id or a cursor: «GENERIC» for that of a connector, «GENERIC a1» for that of one of its
accounts or transfers, «GENERIC p1 PAY-IN» for that of one of its payments, and all others hold their JSON. `<GENERIC>`
is the UUID of that name and `<uuid>` is any other. `<now>` is a time during the recording with up to nine digits of the
fraction, `<now 6>` one with up to six and `<now 0>` one without. `<text>` is any text.
"""

import asyncio
import itertools
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from payments_async.sandbox import Sandbox

FILES = ("routing", "connectors", "accounts", "pools", "bank-accounts", "transfer-initiations")
START = datetime(2026, 11, 28, 7, 40, 0, 123456, tzinfo=UTC)
TOKEN = re.compile(r"\beyJ[\w-]+")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"2026-11-2[78]T\d\d:\d\d:\d\d(?:\.(\d{1,9}))?Z")
NIL = "00000000-0000-0000-0000-000000000000"
OPEN_ORDER = ("balances", "accounts", "pools", "adjustments")
"""Members whose order the server leaves open."""


class Names:
    """UUIDs that were made up on the way, by name."""

    def __init__(self) -> None:
        self._uuids: dict[str, str] = {}
        self._providers: dict[str, str] = {}

    def learn(self, name: str, text: str) -> None:
        """Name a UUID, or that of a connector's id."""
        if not UUID.fullmatch(text):
            connector = json.loads(decoded(text))
            self._providers[name] = connector["Provider"]
            text = connector["Reference"]
        spelled = {"": text, " in capitals": text.upper(), " without hyphens": text.replace("-", "")}
        self._uuids |= {f"{name}{way}": each for way, each in spelled.items()}

    def sent(self, text: str) -> str:
        """A text of the recording as it goes to the sandbox."""
        text = re.sub("<([^<>]+)>", lambda found: self._uuids.get(found[1], found[0]), text)
        return re.sub("«(.*?)»", lambda found: self._token(found[1]), text)

    def _token(self, text: str) -> str:
        if not text.startswith("{"):
            name, *rest = text.split()
            members: Any = {"Provider": self._providers[name], "Reference": self._uuids[name]}
            if rest:
                members = {"ConnectorID": members, **dict(zip(("Reference", "Type"), rest, strict=False))}
            text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def written(self, text: str) -> str:
        """A text of the sandbox as the recording has it."""
        text = TOKEN.sub(lambda found: self._shown(found[0]), text)
        for name, uuid in self._uuids.items():
            text = text.replace(uuid, f"<{name}>")
        text = UUID.sub(lambda found: found[0] if found[0] == NIL else "<uuid>", text)
        return TIME.sub(lambda found: f"<now{DIGITS[len(found[1] or '')]}>", text)

    def _shown(self, token: str) -> str:
        try:
            text = self.written(decoded(token))
            members = json.loads(text)
        except ValueError:
            return token
        connector = members.get("ConnectorID", members)
        name = str(connector.get("Reference")).strip("<>") if isinstance(connector, dict) else ""
        parts = [members[key] for key in ("Reference", "Type") if key in members and members is not connector]
        short = " ".join([name, *map(str, parts)])
        return f"«{short}»" if name in self._providers and self.sent(f"«{short}»") == token else f"«{text}»"


def changed(value: Any, change: Callable[[str], str], member: str = "") -> Any:
    """JSON with all its texts changed, and lists whose order is open in one order."""
    match value:
        case str():
            return "<text>" if member == "errorMessage" else change(value)
        case [*items]:
            texts = [changed(item, change) for item in items]
            return sorted(texts, key=json.dumps) if member in OPEN_ORDER else texts
        case {**members}:
            return {str(name): changed(each, change, str(name)) for name, each in members.items()}
        case _:
            return value


DIGITS = [" 0"] + [" 6"] * 6 + [""] * 3
"""How the digits of a fraction are told."""


def decoded(token: str) -> str:
    return urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()


def request(entry: dict[str, Any], names: Names) -> bytes:
    """The bytes of a request."""
    body: bytes | None = None
    if "body" in entry:
        body = json.dumps(changed(entry["body"], names.sent), ensure_ascii=False).encode()
    elif "text" in entry:
        body = names.sent(entry["text"]).encode(entry.get("encoding", "utf-8"))
    headers = {"Host": "payments", "Connection": "close", **entry.get("headers", {})}
    if body is not None and entry.get("chunked"):
        headers["Transfer-Encoding"] = "chunked"
        body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    elif body is not None:
        headers["Content-Length"] = str(len(body))
    lines = [f"{names.sent(entry['ask'])} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + (body or b"")


async def exchange(port: int, request: bytes) -> tuple[int, dict[str, str], str]:
    """Status, headers by lower-case name and body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    line, *fields = head.split("\r\n")
    headers = (field.partition(": ") for field in fields)
    return int(line.split()[1]), {name.lower(): value for name, _, value in headers}, body


def observed(status: int, headers: dict[str, str], body: str, names: Names) -> dict[str, Any]:
    """An answer as the recording has it."""
    found: dict[str, Any] = {"status": status}
    for member, header, usual in (
        ("type", "content-type", "application/json"),
        ("vary", "vary", "Origin"),
        ("location", "location", None),
    ):
        if headers.get(header) != usual:
            found[member] = headers.get(header)
    try:
        found["answer"] = changed(json.loads(body), names.written)
    except ValueError:
        if body:
            found["answer"] = body
    return found


async def test_the_sandbox_answers_as_the_server_did() -> None:
    names, asked = Names(), itertools.count()
    differing: list[str] = []

    def clock() -> datetime:
        return START + timedelta(milliseconds=next(asked))

    async with Sandbox(auth=False, api_path="", clock=clock) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        for file in FILES:
            with Path(__file__).with_name(f"{file}.jsonl").open(encoding="utf-8") as lines:
                entries = [json.loads(line) for line in lines]
            for number, entry in enumerate(entries, start=1):
                if "call" in entry:
                    getattr(sandbox, entry["call"])(**arguments(entry["with"], names))
                    continue
                status, headers, body = await exchange(port, request(entry, names))
                if "name" in entry:
                    data = json.loads(body)["data"]
                    names.learn(entry["name"], data.get("connectorID") or data["id"])
                expected = {key: entry[key] for key in ("status", "type", "vary", "location", "answer") if key in entry}
                found = observed(status, headers, body, names)
                # As JSON, because 1, 1.0 and true are equal in Python.
                if expected and json.dumps(found, sort_keys=True) != json.dumps(expected, sort_keys=True):
                    differing.append(
                        f"{file}.jsonl:{number}: {entry['ask']}\n  answered {expected}\n  not      {found}"
                    )
    assert not differing, "\n".join(differing)


def arguments(given: dict[str, Any], names: Names) -> dict[str, Any]:
    """Arguments of a method, times among them."""
    values = {name: names.sent(value) if isinstance(value, str) else value for name, value in given.items()}
    return {name: datetime.fromisoformat(value) if name.endswith("_at") else value for name, value in values.items()}
