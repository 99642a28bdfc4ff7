import pytest
from rich.console import Console

from payments_async.cli.options import RESOURCES
from payments_async.cli.tables import COLUMNS, Row, amount_text, cell, fitted, short_id, table
from payments_async.operations.ids import referenced_id

CONNECTOR = "eyJQcm92aWRlciI6IlNUUklQRSIsIlJlZmVyZW5jZSI6ImMxIn0"

PAYMENT: Row = {
    "created_at": "2024-05-06T07:08:09.123456Z",
    "reference": "pi_3OQx9vLkdIwHu7ix0wFAhZ4f",
    "amount": 12_345_678_90,
    "asset": "USD/2",
    "status": "SUCCEEDED",
    "type": "PAY-IN",
    "scheme": "visa",
    "provider": "STRIPE",
    "id": "x" * 170,
}


def drawn(row: Row, width: int) -> list[str]:
    console = Console(width=width, highlight=False, markup=False)
    with console.capture() as captured:
        console.print(table("payments", [row], width))
    return [line.rstrip() for line in captured.get().splitlines()]


@pytest.mark.parametrize(
    ("amount", "asset", "expected"),
    [
        (1050, "USD/2", "10.50"),
        (-5, "USD/2", "-0.05"),
        (10**40 + 1, "USD/2", f"100{',000' * 12}.01"),
        (2**64, "ETH/18", "18.446744073709551616"),
        (1050, "JPY", "1,050"),
        (1050, "JPY/0", "1,050"),
        (1050, "no/such/asset", "1,050"),
    ],
)
def test_amounts_are_shown_to_their_last_digit(amount: int, asset: str, expected: str) -> None:
    assert amount_text(amount, asset) == expected


def test_every_resource_has_columns() -> None:
    assert set(COLUMNS) == set(RESOURCES)


def test_80_columns_hold_what_matters_most() -> None:
    head, row = drawn(PAYMENT, 80)
    assert head.split() == ["created_at", "reference", "amount", "asset", "status", "type"]
    assert row == "2024-05-06 07:08:09  pi_3OQx9vLkdIwHu7…  12,345,678.90  USD/2  SUCCEEDED  PAY-IN"


def test_wider_terminals_hold_more_and_a_pipe_everything() -> None:
    head, row = drawn(PAYMENT, 140)
    assert head.split() == [*COLUMNS["payments"]][:-1]
    assert "pi_3OQx9vLkdIwHu7ix0wFAhZ4f" in row
    head, row = drawn(PAYMENT, 100_000)
    assert head.split() == [*COLUMNS["payments"]]
    assert row.endswith("x" * 170)


@pytest.mark.parametrize("width", [60, 82, 90, 140])
def test_an_amount_is_shown_whole_or_not_at_all(width: int) -> None:
    huge = {**PAYMENT, "amount": 10**30}
    head, row = drawn(huge, width)
    assert ("amount" in head) == (width > 80)
    assert (amount_text(10**30, "USD/2") in row) == (width > 80)
    assert "," not in row.replace(amount_text(10**30, "USD/2"), "")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 140, 300])
def test_no_table_is_wider_than_there_is_room_unless_one_column_is(width: int) -> None:
    columns = COLUMNS["payments"]
    wanted = [19, 200, 14, 5, 9, 6, 4, 6, 10, 170]
    widths = fitted(columns, wanted, width)
    assert widths[0] == 19
    assert sum(widths) + 2 * (len(widths) - 1) <= max(width, 19)


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    nasty = {**PAYMENT, "reference": "a\x1b]0;title\x07\r\nb[bold]c"}
    assert cell(nasty, "reference") == "a ]0;title b[bold]c"
    assert "b[bold]c" in "".join(drawn(nasty, 140))


def test_ids_are_shown_by_what_is_in_them() -> None:
    account_id = referenced_id(CONNECTOR, "acct_1")
    assert cell({"account_id": account_id}, "account") == "acct_1"
    assert cell({"account_id": "opaque"}, "account") == "opaque"
    assert cell({"connector_id": CONNECTOR}, "provider") == "STRIPE"


def test_chosen_columns_are_whole_whatever_the_width() -> None:
    console = Console(width=1000, highlight=False, markup=False)
    with console.capture() as captured:
        console.print(table("payments", [PAYMENT], 20, chosen=("amount", "short_id", "id")))
    head, row = captured.get().splitlines()
    assert head.split() == ["amount", "short_id", "id"]
    assert row.split() == ["12,345,678.90", short_id(PAYMENT["id"]), PAYMENT["id"]]


def test_fields_are_shown_for_people() -> None:
    assert cell({"accounts": ["a", "b"]}, "accounts") == "2"
    assert cell({"provider": None}, "provider") == ""
    assert cell({"descriptor": {"name": "", "key": "fetch"}}, "task") == "fetch"
    assert cell({"descriptor": None}, "task") == ""
