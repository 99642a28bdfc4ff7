"""Amounts between the minor unit of the API and the decimals of people: nothing is rounded, and doubt is an error."""

import decimal
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payments_async.money import LARGEST_EXPONENT, Asset, from_decimal, parse_asset, to_decimal
from payments_async.sandbox.currencies import plausible_asset
from tests.properties import examples

# Digits beyond what Python turns into text, and beyond any context.
amounts = st.integers() | st.integers(-(10**5000), 10**5000)
exponents = st.integers(-LARGEST_EXPONENT, LARGEST_EXPONENT)
codes = st.text(st.characters(exclude_characters="/"), max_size=8)


@pytest.mark.parametrize(
    ("text", "code", "exponent"),
    [
        ("USD/2", "USD", 2),
        ("JPY/0", "JPY", 0),
        ("ETH/18", "ETH", 18),
        ("JPY", "JPY", None),
        ("DUMMYCOIN", "DUMMYCOIN", None),
        # The server takes each of these as the asset of a payment, so they can be read.
        ("usd/-1", "usd", -1),
        ("USD/02", "USD", 2),
        ("USD/+2", "USD", 2),
        ("/2", "", 2),
    ],
)
def test_an_asset_is_a_code_and_a_number_of_decimals(text: str, code: str, exponent: int | None) -> None:
    assert parse_asset(text) == Asset(code, exponent)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "USD/",
        "USD/x",
        "USD/2.0",
        "USD/ 2",
        "USD/٢",
        "A/B/2",
        "X/256",
        "X/-256",
        "X/999999999",
        f"X/{'9' * 5000}",
    ],
)
def test_what_is_no_asset_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - also Python's own, for a number of thousands of digits
        parse_asset(text)


def test_what_an_asset_may_be_is_told() -> None:
    with pytest.raises(ValueError, match="'A/B/2' is not an asset: give a code and a number of decimals"):
        parse_asset("A/B/2")
    with pytest.raises(ValueError, match="255 at most, not 999999999"):
        parse_asset("X/999999999")


@examples()
@given(st.text(max_size=8) | st.from_regex(r"[A-Z]{0,3}/[+-]?[0-9]{1,2}", fullmatch=True))
def test_every_asset_of_a_payment_can_be_read(text: str) -> None:
    # The sandbox's word is the server's: one slash, and an integer of 64 bits behind it.
    if plausible_asset(text) and abs(int(text.partition("/")[2])) <= LARGEST_EXPONENT:
        assert parse_asset(text).exponent is not None
    elif "/" in text:
        with pytest.raises(ValueError, match="asset"):
            parse_asset(text)


@examples()
@given(codes, st.none() | exponents)
def test_an_asset_reads_as_it_is_written(code: str, exponent: int | None) -> None:
    assume(code or exponent is not None)
    asset = Asset(code, exponent)
    assert parse_asset(str(asset)) == asset


@pytest.mark.parametrize(
    ("code", "exponent"), [("", None), ("A/B", 2), (5, 2), (None, 2), ("USD", True), ("USD", 2.0), ("USD", "2")]
)
def test_what_cannot_be_written_is_no_asset(code: Any, exponent: Any) -> None:
    with pytest.raises(ValueError, match="of an asset is"):
        Asset(code, exponent)


@pytest.mark.parametrize(
    ("amount", "asset", "shown"),
    [
        (1050, "USD/2", "10.50"),
        (-5, "KWD/3", "-0.005"),
        (0, "USD/2", "0.00"),
        (1500, "JPY/0", "1500"),
        (5, "usd/-1", "50"),
        (2**64, "ETH/18", "18.446744073709551616"),
        (10**40 + 1, "EUR/2", f"1{'0' * 38}.01"),
    ],
)
def test_an_amount_has_the_decimals_of_its_asset(amount: int, asset: str, shown: str) -> None:
    assert f"{to_decimal(amount, asset):f}" == shown
    assert from_decimal(Decimal(shown), asset) == amount


@examples()
@given(amounts, exponents)
def test_an_amount_comes_back_as_it_was(amount: int, exponent: int) -> None:
    asset = Asset("X", exponent)
    assert from_decimal(to_decimal(amount, asset), asset) == amount


@examples()
@given(amounts, exponents)
def test_a_decimal_is_exactly_the_amount(amount: int, exponent: int) -> None:
    numerator, denominator = to_decimal(amount, Asset("X", exponent)).as_integer_ratio()
    assert numerator * 10 ** max(exponent, 0) == amount * denominator * 10 ** max(-exponent, 0)


@examples()
@given(st.decimals(allow_nan=False, allow_infinity=False), exponents)
def test_a_value_is_taken_exactly_or_not_at_all(value: Decimal, exponent: int) -> None:
    assume(abs(value.adjusted()) < 2000)
    numerator, denominator = value.as_integer_ratio()
    minor, rest = divmod(numerator * 10 ** max(exponent, 0), denominator * 10 ** max(-exponent, 0))
    asset = Asset("X", exponent)
    try:
        taken = from_decimal(value, asset)
    except ValueError:
        assert rest or value.adjusted() >= LARGEST_EXPONENT
    else:
        assert (taken, rest) == (minor, 0)


@examples()
@given(amounts, exponents)
def test_the_context_of_the_thread_has_no_say(amount: int, exponent: int) -> None:
    asset = Asset("X", exponent)
    with decimal.localcontext(prec=1, Emax=0, Emin=0) as context:
        context.traps = dict.fromkeys(context.traps, True)
        value = to_decimal(amount, asset)
        assert from_decimal(value, asset) == amount
    assert value == to_decimal(amount, asset)


@pytest.mark.parametrize(
    ("value", "asset"),
    [("0.001", "USD/2"), ("10.505", "USD/2"), ("0.5", "JPY/0"), ("5", "usd/-1"), ("1E-999999999999999999", "USD/2")],
)
def test_a_fraction_of_the_minor_unit_is_refused(value: str, asset: str) -> None:
    with pytest.raises(ValueError, match=f"has a fraction of the minor unit of {asset}: round it first"):
        from_decimal(Decimal(value), asset)


@pytest.mark.parametrize("value", ["1E+256", "1E+999999999", "-9.9E+999999999999999999"])
def test_an_exponent_cannot_make_a_number_of_a_gigabyte(value: str) -> None:
    with pytest.raises(ValueError, match="is larger than any amount"):
        from_decimal(Decimal(value), "USD/2")


@pytest.mark.parametrize(
    "value", ["0", "-0", "0.000", "0E+999999999999999999", "0E-999999999999999999", "1E+3", "1000.000000"]
)
def test_however_a_whole_amount_is_written_it_is_taken(value: str) -> None:
    assert from_decimal(Decimal(value), "USD/2") == (100_000 if "1" in value else 0)


@pytest.mark.parametrize(
    "value", [10.5, True, 10, "10.50", None, *map(Decimal, ("NaN", "-NaN", "sNaN", "Infinity", "-Infinity"))]
)
def test_what_is_no_finite_decimal_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="a value is a finite Decimal"):
        from_decimal(value, "USD/2")


@pytest.mark.parametrize("amount", [10.0, True, "10", None, Decimal(10)])
def test_what_is_no_integer_is_refused(amount: Any) -> None:
    with pytest.raises(ValueError, match="an amount is an int of the minor unit"):
        to_decimal(amount, "USD/2")


@pytest.mark.parametrize("asset", ["JPY", Asset("JPY")])
def test_who_knows_the_decimals_of_a_bare_asset_says_so(asset: Asset | str) -> None:
    advice = r"how many decimals JPY has is unknown: if you know, say so, as in Asset\('JPY', 0\)"
    with pytest.raises(ValueError, match=advice):
        to_decimal(1500, asset)
    with pytest.raises(ValueError, match=advice):
        from_decimal(Decimal(1500), asset)
    assert to_decimal(1500, Asset("JPY", 0)) == from_decimal(Decimal(1500), Asset("JPY", 0)) == 1500
