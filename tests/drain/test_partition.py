"""Places between keys, and how far a key is on the way: whatever the keys look like, they stay inside."""

from __future__ import annotations

import string
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payments_async.drain.partition import between, share

KEYS = st.one_of(
    st.text(max_size=30),
    st.text(string.digits, max_size=25),
    st.text(f"{string.digits}abcdef", max_size=25),
    st.text(string.ascii_letters + string.digits + "_-", max_size=25),
    st.builds("pi_{}".format, st.text(string.ascii_letters + string.digits, max_size=20)),
    st.uuids().map(str),
)
SHARES = st.floats(0.01, 0.99)


@given(KEYS, KEYS, SHARES)
def test_a_place_is_between_the_keys(low: str, high: str, part: float) -> None:
    place = between(low, high, part)
    assert place is None or low < place < high


@given(KEYS, KEYS)
def test_there_is_no_place_where_the_keys_are_not_in_order(low: str, high: str) -> None:
    assume(low >= high)
    assert between(low, high) is None


@given(st.uuids(), st.uuids(), SHARES)
def test_keys_that_are_not_neighbours_have_a_place_between_them(one: UUID, other: UUID, part: float) -> None:
    low, high = sorted((one.hex, other.hex))
    assume(low[:8] != high[:8])
    # What the first ten different characters say is what is looked at: of these there must be enough.
    assume((int(high[:8], 16) - int(low[:8], 16)) * 256 * part > 1)
    assert between(low, high, part) is not None


@pytest.mark.parametrize(
    ("low", "high", "middle"),
    [
        ("0000000000", "1000000000", "0500000000"),
        ("pay_0000000000", "pay_8000000000", "pay_4000000000"),
        ("a", "c", "b000000000"),
        ("12345678901", "12345678902", "12345678901500000000"),
        ("", "9", "4500000000"),
        ("7", "71", "70500000000"),
    ],
)
def test_the_middle_is_half_way(low: str, high: str, middle: str) -> None:
    assert between(low, high) == middle
    assert share(middle, low, high) == 0.5


@pytest.mark.parametrize("part", [0.25, 0.5, 0.75])
def test_a_place_is_as_far_as_was_asked_for(part: float) -> None:
    low, high = "txn_1000000000", "txn_9zzzzzzzzz"
    place = between(low, high, part)
    assert place is not None
    assert share(place, low, high) == pytest.approx(part, abs=0.001)


@pytest.mark.parametrize(
    ("low", "high"), [("7", "70"), ("0000", "000000"), ("é", "ü"), ("aé", "b"), ("a\x00", "a\x01"), ("x", "x")]
)
def test_where_there_is_no_place_or_no_known_order_nothing_is_cut(low: str, high: str) -> None:
    assert between(low, high) is None


def test_a_place_has_characters_of_the_keys_kind() -> None:
    # Digits sort before letters nearly everywhere; punctuation does not.
    for low, high, kind in (
        ("pi_000111", "pi_999111", string.digits),
        ("pi_00ab", "pi_ffab", string.hexdigits),
        ("pi_0AB", "pi_ZZZ", string.digits + string.ascii_uppercase),
    ):
        place = between(low, high)
        assert place is not None
        assert set(place.removeprefix("pi_")) <= set(kind)


@given(KEYS, KEYS, KEYS)
def test_a_share_is_a_share(key: str, low: str, high: str) -> None:
    assert 0.0 <= share(key, low, high) <= 1.0


@given(KEYS, KEYS)
def test_the_ends_are_nothing_and_all(low: str, high: str) -> None:
    assume(low < high)
    assert share(low, low, high) == 0.0
    assert share(high, low, high) == 1.0


@given(st.lists(st.text(string.digits, min_size=3, max_size=12), min_size=4, max_size=8, unique=True))
def test_who_is_further_has_the_greater_share(keys: list[str]) -> None:
    low, *inside, high = sorted(keys)
    shares = [share(key, low, high) for key in inside]
    assert shares == sorted(shares)
