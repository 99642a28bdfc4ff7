"""Finds the id of an item by its reference, or by the short form of the id that tables can show."""

from __future__ import annotations

from contextlib import aclosing

from payments_async import NotFoundError, PaymentsClient, PaymentsError
from payments_async.cli.options import Api, Resource
from payments_async.cli.reading import read_list
from payments_async.cli.tables import fields, id_of, is_short_id, short_id
from payments_async.cli.where import Selection, by_reference

MOST_NAMED = 5
"""How many items with the same reference an error names."""


def check_named(resource: Resource, item_id: str | None, reference: str | None, api: Api) -> None:
    """Refuse an item that is named in no way or in two, or in one that its resource does not have.

    Raises:
        ValueError: it is.
    """
    if (item_id is None) == (reference is None):
        raise ValueError("give an id or --reference")
    if reference is not None and "reference" not in fields(resource, api):
        raise ValueError(f"{resource} have no reference: give an id")


async def find(client: PaymentsClient, resource: Resource, item_id: str | None, reference: str | None, api: Api) -> str:
    """The whole id of an item.

    Args:
        client: The client to use.
        resource: The list of the item.
        item_id: The id, whole or short. A short one is looked for in the whole list, newest first.
        reference: The reference, if there is no id.
        api: The API that has the list.

    Raises:
        NotFoundError: there is no such item.
        PaymentsError: several items have this reference, or a call failed.
    """
    if reference is not None:
        return await _by_reference(client, resource, reference, api)
    assert item_id is not None  # noqa: S101  # `check_named` has seen to it
    if not is_short_id(item_id):
        return item_id
    async with aclosing(read_list(client, Selection(resource, api=api))) as items:
        async for item in items:
            if short_id(whole := id_of(item)) == item_id:
                return whole
    raise NotFoundError(f"none of the {resource} has the short id {item_id}")


async def _by_reference(client: PaymentsClient, resource: Resource, reference: str, api: Api) -> str:
    found = list[str]()
    async with aclosing(read_list(client, by_reference(resource, reference, api))) as items:
        async for item in items:
            if item.reference == reference:
                found.append(item.id)
    if not found:
        raise NotFoundError(f"none of the {resource} has the reference {reference}")
    if len(found) > 1:
        named = ", ".join(map(short_id, found[:MOST_NAMED]))
        more = ", and others" if len(found) > MOST_NAMED else ""
        raise PaymentsError(f"{len(found)} {resource} have the reference {reference}: get one by its id, {named}{more}")
    return found[0]
