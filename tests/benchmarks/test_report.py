import re
from pathlib import Path

import pytest

from benchmarks import charts
from benchmarks.cluster import ON_CLUSTER
from benchmarks.comparison import Measurements
from benchmarks.draining import WAYS
from benchmarks.drains import COSTS
from benchmarks.goals import GOALS
from benchmarks.partitions import DATABASE, FILE, PAGE_SIZES, named
from benchmarks.report import PAGES, Report, marked
from benchmarks.sizes import QUICK
from benchmarks.slices import CURSOR, SPREADS
from benchmarks.users import EFFECTS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def measurements() -> Measurements:
    """Something for all that is shown."""
    sides = [side for comparison in [*GOALS, *EFFECTS] for side in comparison.sides]
    courses = ["course of memory: ours", "course of memory: limit"]
    costs = [f"{way}: {name}" for way in WAYS for name in COSTS]
    costs += [f"{name}: {what}" for name in (CURSOR, *SPREADS) for what in ("payments", "requests", "units")]
    far = [named(sink, page_size) for sink in (FILE, DATABASE) for page_size in PAGE_SIZES]
    names = [*sides, *courses, *costs, *far, ON_CLUSTER, "read"]
    return {name: [float(place), 7.0, 8.0] for place, name in enumerate(names, 1)}


def test_a_report_is_kept_and_found_again(measurements: Measurements, tmp_path: Path) -> None:
    report = Report.of(measurements, QUICK)
    assert Report.load(report.save(tmp_path / "results")) == report


def test_the_last_report_is_the_one_that_ended_last(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="measure everything first"):
        Report.last(tmp_path)
    for day in ("01", "03", "02"):
        Report(made_at=f"2026-01-{day}", conditions="", measurements={day: [1.0]}).save(tmp_path)
    assert Report.last(tmp_path).measurements == {"03": [1.0]}


def test_a_report_shows_every_goal_and_says_what_was_not_measured(measurements: Measurements) -> None:
    shown = str(Report.of(measurements, QUICK))
    assert len(re.findall("meets|misses by", shown)) == len(GOALS)
    assert "not measured" not in shown
    del measurements["get: official_sdk"]
    shown = str(Report.of(measurements, QUICK))
    assert "not measured: get_payment against formance-sdk-python 9.0.1" in shown


def test_costs_of_drains_of_one_length_are_below_each_other() -> None:
    costs: Measurements = {
        "payments": [10, 2_000],
        "requests": [3, 40],
        "rows read": [11, 5e9],
        "seconds": [0.1, 20],
        "MiB": [7, 70],
    }
    both = {f"{way}: {name}": values for way in ("keyset", "offset") for name, values in costs.items()}
    short = ["3", "11", "0.10", "100", "7.00 MiB"]
    long = ["40", "5,000,000,000", "20.0", "100", "70.0 MiB"]
    assert Report.of(both, QUICK).costs()[1:] == [
        ["10", "offset", *short],
        ["10", "keyset", *short],
        ["2,000", "offset", *long],
        ["2,000", "keyset", *long],
    ]


def test_the_speed_of_partitions_is_compared_with_one() -> None:
    report = Report.of({named(DATABASE, 100): [2_000.0, 7_000.0, 12_000.0]}, QUICK)
    assert report.partitions()[1:] == [
        [DATABASE, "100", "1", "2,000", "1.00 ×"],
        [DATABASE, "100", "4", "7,000", "3.50 ×"],
        [DATABASE, "100", "8", "12,000", "6.00 ×"],
    ]


def test_the_speed_of_workers_is_compared_with_one() -> None:
    report = Report.of({ON_CLUSTER: [2_000.0, 3_000.0, 7_000.0]}, QUICK)
    assert report.cluster()[1:] == [["1", "2,000", "1.00 ×"], ["2", "3,000", "1.50 ×"], ["4", "7,000", "3.50 ×"]]


def test_slices_of_one_length_are_below_the_cursor() -> None:
    costs = {"payments": [10.0, 2_000.0], "requests": [3.0, 40.0], "units": [11.0, 5e9]}
    both = {f"{name}: {what}": values for name in (CURSOR, *SPREADS) for what, values in costs.items()}
    rows = Report.of(both, QUICK).slices()[1:]
    assert rows[:2] == [["10", CURSOR, "3", "11"], ["10", "slices, all amounts distinct", "3", "11"]]
    assert rows[4] == ["2,000", CURSOR, "40", "5,000,000,000"]


def test_the_tables_of_the_pages_are_replaced(measurements: Measurements, tmp_path: Path) -> None:
    for name in PAGES:
        (tmp_path / name).write_text((DOCS / name).read_text())
    report = Report.of(measurements, QUICK)
    report.write_into(tmp_path)
    written = [(tmp_path / name).read_text() for name in PAGES]
    speed, draining, cluster = written
    assert report.conditions in speed
    assert speed.count("formance-sdk-python 9.0.1") >= 4
    assert draining.count("| 7 | keyset |") == 1
    assert draining.count("| JSON Lines | 100 | 8 | 8.00 |") == 1
    assert cluster.count("| 4 | 8.00 |") == 1
    report.write_into(tmp_path)
    assert [(tmp_path / name).read_text() for name in PAGES] == written


def test_a_page_without_marks_is_refused() -> None:
    assert marked("<!-- measured: a -->1<!-- end -->", "a", "2") == "<!-- measured: a -->\n\n2\n\n<!-- end -->"
    with pytest.raises(ValueError, match="needs the marks '<!-- measured: a -->'"):
        marked("# Speed", "a", "1")


def test_charts_are_drawn_for_light_and_dark_pages_and_are_stable(measurements: Measurements, tmp_path: Path) -> None:
    for folder in ("once", "again"):
        charts.draw(measurements, tmp_path / folder)
    drawn = {path.name: path.read_text() for path in (tmp_path / "once").iterdir()}
    assert set(drawn) == {f"{name}-{kind}.svg" for name in charts.CHARTS for kind in ("light", "dark")}
    assert drawn == {path.name: path.read_text() for path in (tmp_path / "again").iterdir()}
    for name, (title, _, _) in charts.CHARTS.items():
        assert title in drawn[f"{name}-light.svg"]
        assert "<dc:date>" not in drawn[f"{name}-light.svg"]


def test_charts_leave_out_peers_that_are_missing(measurements: Measurements, tmp_path: Path) -> None:
    for name in ("drain: official_sdk", "import: official_sdk"):
        del measurements[name]
    charts.draw(measurements, tmp_path)
    assert "formance-sdk-python" not in (tmp_path / "drain-light.svg").read_text()


def test_the_pages_show_every_chart() -> None:
    pages = "".join((DOCS / name).read_text() for name in PAGES)
    shown = re.findall(r"\]\(charts/(.+?)#only-(light|dark)\)", pages)
    assert sorted(shown) == sorted((f"{name}-{kind}.svg", kind) for name in charts.CHARTS for kind in charts.THEMES)
