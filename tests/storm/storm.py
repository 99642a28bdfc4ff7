"""Thousands of concurrent calls through every fault that the sandbox has, and an account of what became of each create.

python tests/storm/storm.py --calls 20000 --seed 1
"""

import argparse
import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import attrs

from payments_async import ClientCredentials, Outcome, PaymentsClient, PaymentsError, RetryPolicy, Timeout
from payments_async.models import PaymentRequest, PaymentScheme, PaymentStatus, PaymentType
from payments_async.sandbox import Fault, FaultKind, Sandbox

SHARE = 0.2
"""The share of requests that meet a fault."""

TOKEN_ROUTE = "/api/auth/oauth/token"


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


async def storm(calls: int, seed: int) -> Tally:
    """Let `calls` calls run at once, half of them creates, and check each create against what the server has."""
    tally = Tally()
    sandbox = Sandbox(payments=300, token_lifetime=2, seed=seed, client_id="storm", client_secret="storm")
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
        connector_id = (await client.connectors.list_all_connectors())[0].connector_id
        sandbox.faults.extend(faults())
        await _calls(client, calls, connector_id, random.Random(seed), tally)
        sandbox.faults.clear()
        assert session.connector is not None
        tally.left_connections = len(session.connector._acquired)
        tally.recorded = sandbox.processed["POST", "/payments"]
        tally.tokens = sandbox.tokens_issued
        await _settle(client, connector_id, tally)
    tally.left_tasks = len(asyncio.all_tasks()) - 1
    return tally


async def _calls(client: PaymentsClient, calls: int, connector_id: str, chance: random.Random, tally: Tally) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(calls):
            match chance.randrange(4):
                case 0:
                    group.create_task(_read(client, tally))
                case 1:
                    group.create_task(_walk(client, tally))
                case _:
                    group.create_task(_create(client, request(f"storm-{number}", connector_id), tally))


async def _read(client: PaymentsClient, tally: Tally) -> None:
    try:
        await client.connectors.list_all_connectors()
    except PaymentsError as error:
        tally.outcomes[f"read: {type(error).__name__}"] += 1
    except Exception as error:  # noqa: BLE001  # whatever must not come is counted
        tally.foreign.append(repr(error))
    else:
        tally.outcomes["read: done"] += 1


async def _walk(client: PaymentsClient, tally: Tally) -> None:
    seen: list[str] = []
    try:
        async for page in client.payments.list_payments(page_size=100, sort="reference:asc").by_page():
            seen += [payment.id for payment in page.data]
            if len(seen) >= 200:
                break
    except PaymentsError as error:
        tally.outcomes[f"walk: {type(error).__name__}"] += 1
    except Exception as error:  # noqa: BLE001  # whatever must not come is counted
        tally.foreign.append(repr(error))
    else:
        tally.outcomes["walk: done"] += 1


async def _create(client: PaymentsClient, wanted: PaymentRequest, tally: Tally) -> None:
    try:
        await client.payments.create_payment(wanted)
    except PaymentsError as error:
        {
            Outcome.NOT_SENT: tally.undone,
            Outcome.REFUSED: tally.undone,
            Outcome.UNKNOWN: tally.unknown,
            Outcome.DONE: tally.created,
        }[error.outcome or Outcome.UNKNOWN].add(wanted.reference)
        tally.outcomes[f"create: {type(error).__name__}, {error.outcome}"] += 1
    except Exception as error:  # noqa: BLE001  # whatever must not come is counted
        tally.foreign.append(repr(error))
    else:
        tally.created.add(wanted.reference)
        tally.outcomes["create: done"] += 1


async def _settle(client: PaymentsClient, connector_id: str, tally: Tally) -> None:
    """Look every create up, and have `ensure_payment` settle those of which the client could not say."""
    present: Counter[str] = Counter()
    async for payment in client.payments.list_payments(page_size=100, sort="reference:asc"):
        present[payment.reference] += 1
    tally.found = sum(present[reference] for reference in tally.unknown)
    tally.wrong += [f"{reference} was reported as done" for reference in tally.created if present[reference] != 1]
    tally.wrong += [f"{reference} was reported as not done" for reference in tally.undone if present[reference]]
    for reference in tally.unknown:
        payment = await client.payments.ensure_payment(request(reference, connector_id))
        if payment.reference != reference:
            tally.wrong.append(f"{reference} could not be settled")


def request(reference: str, connector_id: str) -> PaymentRequest:
    """What is created under a reference, the same whenever it is asked for."""
    return PaymentRequest(
        reference=reference,
        connector_id=connector_id,
        created_at=datetime(2024, 1, 1, tzinfo=UTC),
        amount=1_000 + len(reference),
        type=PaymentType.PAY_IN,
        status=PaymentStatus.SUCCEEDED,
        scheme=PaymentScheme.OTHER,
        asset="EUR/2",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000, help="how many calls in all")
    parser.add_argument("--at-once", type=int, default=2_000, help="how many of them at once")
    parser.add_argument("--seed", type=int, default=7, help="decides which calls and which faults")
    arguments = parser.parse_args()
    for number in range(0, arguments.calls, arguments.at_once):
        tally = asyncio.run(storm(min(arguments.at_once, arguments.calls - number), arguments.seed + number))
        print(f"storm {number // arguments.at_once + 1}\n{tally}\n", flush=True)
        if not tally.clean:
            raise SystemExit("\n".join([*tally.wrong, *tally.foreign]) or "something was left behind")


if __name__ == "__main__":
    main()
