"""Thousands of concurrent calls through every fault that the sandbox has, and an account of what became of each create.

python -m tests.storm.storm --calls 20000 --seed 1
"""

import argparse
import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Literal

import aiohttp
import attrs

from payments_async import ClientCredentials, Outcome, PaymentsClient, PaymentsError, RetryPolicy, Timeout
from payments_async.sandbox import Fault, FaultKind, Sandbox
from tests.storm.writes import CREATES, Create
from tests.waiting import until

SHARE = 0.2
"""The share of requests that meet a fault."""

TOKEN_ROUTE = "/api/auth/oauth/token"
Version = Literal["2.0.9", "3.4"]


@attrs.define
class Tally:
    """What happened.

    Attributes:
        outcomes: Calls by kind and by what the client said of them.
        created: References of creates that the client reported as done, by an answer or an error.
        unknown: References of creates of which the client could not say.
        undone: References of creates that the client reported as not done.
        foreign: Errors from outside the package's tree.
        left_tasks: Tasks that outlived the calls.
        left_connections: Connections in use after the calls.
        found: How many of the unknown ones were there when the storm was over.
        recorded: How many creates the server carried out during the storm.
        tokens: How many tokens the server issued.
        wrong: References whose state contradicts what the client said.
    """

    outcomes: Counter[str] = attrs.field(factory=Counter)
    created: set[str] = attrs.field(factory=set)
    unknown: set[str] = attrs.field(factory=set)
    undone: set[str] = attrs.field(factory=set)
    foreign: list[str] = attrs.field(factory=list)
    left_tasks: int = 0
    left_connections: int = 0
    found: int = 0
    recorded: int = 0
    tokens: int = 0
    wrong: list[str] = attrs.field(factory=list)

    @property
    def clean(self) -> bool:
        """Whether every call is accounted for and nothing is left behind."""
        accounted = len(self.created) + len(self.unknown) + len(self.undone)
        return (
            not self.wrong
            and not self.foreign
            and not self.left_tasks
            and not self.left_connections
            and accounted == sum(count for outcome, count in self.outcomes.items() if outcome.startswith("create"))
            and self.recorded == len(self.created) + self.found
        )

    def __str__(self) -> str:
        """The calls by outcome, a line each, and what became of the creates."""
        lines = [f"{count:8,}  {outcome}" for outcome, count in sorted(self.outcomes.items())]
        done, undone, unknown = len(self.created), len(self.undone), len(self.unknown)
        lines += [
            f"creates: {done:,} done, {undone:,} not done, {unknown:,} unknown, of which {self.found:,} were found",
            f"the server carried out {self.recorded:,} creates and issued {self.tokens:,} tokens",
            f"contradictions: {len(self.wrong)}, errors of others: {len(self.foreign)}",
            f"left behind: {self.left_tasks} tasks, {self.left_connections} connections",
        ]
        return "\n".join(lines)


def faults() -> list[Fault]:
    """Every kind of fault, each as often as the others, and a token endpoint that fails at times."""
    every = [
        # Calls give up at the second refusal, so tokens that are all revoked time and again would hide everything else.
        *(Fault(kind=kind, times=3 if kind is FaultKind.REVOKED_TOKENS else None) for kind in FaultKind),
        Fault(kind=FaultKind.STATUS, status=429, retry_after="0"),
        Fault(kind=FaultKind.STATUS, status=500),
    ]
    # The first fault that matches strikes, so each later one takes its share of what the earlier ones let through.
    each = SHARE / len(every)
    return [
        *(replace(fault, share=each / (1 - each * index)) for index, fault in enumerate(every)),
        Fault(kind=FaultKind.STATUS, route=TOKEN_ROUTE, share=0.2),
        Fault(kind=FaultKind.RESET_AFTER, route=TOKEN_ROUTE, share=0.1),
    ]


async def storm(calls: int, seed: int, version: Version = "2.0.9") -> Tally:
    """Let `calls` calls run at once, half of them creates, and check each create against what the server has."""
    tally = Tally()
    sandbox = Sandbox(
        version=version, payments=300, token_lifetime=2, seed=seed, client_id="storm", client_secret="storm"
    )
    async with (
        sandbox,
        aiohttp.ClientSession() as session,
        PaymentsClient(
            sandbox.url,
            auth=ClientCredentials("storm", "storm"),
            session=session,
            retry=RetryPolicy(base=0.01, cap=0.1),
            timeout=Timeout(total=120.0),
            max_body=2**20,
        ) as client,
    ):
        connectors = await client.connectors.list_all_connectors()
        connector_id = next(each.connector_id for each in connectors if each.provider == "GENERIC")
        owned = (sandbox.add_account(connector_id, "storm"), connector_id)
        sandbox.faults.extend(faults())
        await _calls(client, calls, tally, version=version, owned=owned, chance=random.Random(seed))
        sandbox.faults.clear()
        tally.left_connections = await _left_connections(session)
        tally.recorded = sum(sandbox.processed["POST", each.route] for each in CREATES[version])
        tally.tokens = sandbox.tokens_issued
        for number, create in enumerate(CREATES[version]):
            await _settle(client, create, f"storm-{number}-", connector_id, tally)
    tally.left_tasks = len(asyncio.all_tasks()) - 1
    return tally


async def _left_connections(session: aiohttp.ClientSession) -> int:
    """Connections that stay in use when the renewal of a token, which no call waits for, has had time to end."""
    connector = session.connector
    assert connector is not None
    with suppress(TimeoutError):
        await until(lambda: not connector._acquired)
    return len(connector._acquired)


async def _calls(
    client: PaymentsClient,
    calls: int,
    tally: Tally,
    *,
    version: Version,
    owned: tuple[str, str],
    chance: random.Random,
) -> None:
    creates = CREATES[version]
    async with asyncio.TaskGroup() as group:
        for number in range(calls):
            match chance.randrange(4):
                case 0:
                    group.create_task(_read(client, version, tally))
                case 1:
                    group.create_task(_walk(client, version, tally))
                case _:
                    kind = number % len(creates)
                    group.create_task(_create(client, creates[kind], f"storm-{kind}-{number}", owned, tally))


async def _read(client: PaymentsClient, version: Version, tally: Tally) -> None:
    try:
        if version == "3.4":
            await client.v3.connectors.list_connector_capabilities()
        else:
            await client.connectors.list_all_connectors()
    except PaymentsError as error:
        tally.outcomes[f"read: {type(error).__name__}"] += 1
    except Exception as error:  # noqa: BLE001  # whatever must not come is counted
        tally.foreign.append(repr(error))
    else:
        tally.outcomes["read: done"] += 1


async def _walk(client: PaymentsClient, version: Version, tally: Tally) -> None:
    seen = 0
    try:
        if version == "3.4":
            async for current in client.v3.payments.list_payments(page_size=100).by_page():
                seen += len(current.data)
                if seen >= 200:
                    break
        else:
            async for page in client.payments.list_payments(page_size=100, sort="reference:asc").by_page():
                seen += len(page.data)
                if seen >= 200:
                    break
    except PaymentsError as error:
        tally.outcomes[f"walk: {type(error).__name__}"] += 1
    except Exception as error:  # noqa: BLE001  # whatever must not come is counted
        tally.foreign.append(repr(error))
    else:
        tally.outcomes["walk: done"] += 1


async def _create(client: PaymentsClient, create: Create, reference: str, owned: tuple[str, str], tally: Tally) -> None:
    account_id, connector_id = owned
    try:
        await create.ask(client, reference, connector_id, account_id)
    except PaymentsError as error:
        {
            Outcome.NOT_SENT: tally.undone,
            Outcome.REFUSED: tally.undone,
            Outcome.UNKNOWN: tally.unknown,
            Outcome.DONE: tally.created,
        }[error.outcome or Outcome.UNKNOWN].add(reference)
        tally.outcomes[f"create: {type(error).__name__}, {error.outcome}"] += 1
    except Exception as error:  # noqa: BLE001  # whatever must not come is counted
        tally.foreign.append(repr(error))
    else:
        tally.created.add(reference)
        tally.outcomes["create: done"] += 1


async def _settle(client: PaymentsClient, create: Create, prefix: str, connector_id: str, tally: Tally) -> None:
    """Look up every create of one kind, and have those settled of which the client could not say."""
    present: Counter[str] = Counter()
    async for reference in create.present(client):
        present[reference] += 1
    created, unknown, undone = (
        {each for each in references if each.startswith(prefix)}
        for references in (tally.created, tally.unknown, tally.undone)
    )
    tally.found += sum(present[reference] for reference in unknown)
    tally.wrong += [f"{reference} was reported as done" for reference in created if present[reference] != 1]
    tally.wrong += [f"{reference} was reported as not done" for reference in undone if present[reference]]
    if create.settle is None:
        return
    for reference in unknown:
        payment = await create.settle(client, reference, connector_id)
        if payment.reference != reference:
            tally.wrong.append(f"{reference} could not be settled")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000, help="how many calls in all")
    parser.add_argument("--at-once", type=int, default=2_000, help="how many of them at once")
    parser.add_argument("--seed", type=int, default=7, help="decides which calls and which faults")
    parser.add_argument("--server-version", choices=CREATES, default="2.0.9", help="the version of the server")
    arguments = parser.parse_args()
    version: Version = arguments.server_version
    for number in range(0, arguments.calls, arguments.at_once):
        tally = asyncio.run(storm(min(arguments.at_once, arguments.calls - number), arguments.seed + number, version))
        print(f"storm {number // arguments.at_once + 1}\n{tally}\n", flush=True)
        if not tally.clean:
            raise SystemExit("\n".join([*tally.wrong, *tally.foreign]) or "something was left behind")


if __name__ == "__main__":
    main()
