"""The values that travel: none of their parts is lost on the way."""

import copy
import pickle

import attrs

from payments_async import Request

REQUEST = Request(
    operation="create_payment",
    method="POST",
    path="/payments",
    url="https://acme.example.com/api/payments/payments",
    headers={"Accept": "application/json"},
    body=b"{}",
    deadline=7.5,
    safe=True,
    idempotent=False,
    atomic=False,
    reference="r",
    secrets=("s",),
)


def test_other_headers_are_all_that_differs() -> None:
    bare = Request(operation="", method="", path="", url="", deadline=0, idempotent=True)
    assert all(getattr(REQUEST, field.name) != getattr(bare, field.name) for field in attrs.fields(Request))
    assert REQUEST.with_headers({"a": "b"}) == attrs.evolve(REQUEST, headers={"a": "b"})


def test_a_request_is_copied_and_pickled_whole() -> None:
    for request in (REQUEST, Request(operation="", method="", path="", url="", deadline=0)):
        assert copy.deepcopy(request) == pickle.loads(pickle.dumps(request)) == request
