"""What the repository holds, and what is published of it."""

import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

import payments_async

ROOT = Path(__file__).parents[1]
MOST = 512 * 1024
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(scope="module")
def tracked() -> set[str]:
    """The names of all tracked files."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is an unpacked sdist, which has no history")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = {name for name in names.split("\0") if (ROOT / name).is_file()}
    assert found, "git lists no file"
    return found


def test_no_tracked_file_is_larger_than_512_kib(tracked: set[str]) -> None:
    sizes = {name: (ROOT / name).stat().st_size for name in tracked}
    assert not {name: size for name, size in sizes.items() if size > MOST}


def test_an_sdist_has_all_that_the_repository_has(tracked: set[str], tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (sdist,) = tmp_path.iterdir()
    with tarfile.open(sdist) as archive:
        files = {each.name.partition("/")[2]: each for each in archive.getmembers() if each.isfile()}
    assert tracked - set(files) == set()
    assert files["dev"].mode & 0o100


def test_links_of_the_readme_work_away_from_the_repository() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = re.findall(r"(?:\]\(|^\[[^\]]+\]: )([^)\s]+)", readme, re.MULTILINE)
    assert targets
    files = f"{PROJECT['urls']['Source']}/blob/main/"
    for target in targets:
        assert target.startswith("#") or urlsplit(target).scheme == "https"
        if target.startswith(files):
            assert (ROOT / target.removeprefix(files)).is_file()


def test_the_newest_version_of_the_changelog_is_that_of_the_package() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.findall(r"^## \[(\d\S*)\] - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)[0] == payments_async.__version__


def test_each_step_of_a_workflow_is_pinned_by_a_hash() -> None:
    used = [line for path in WORKFLOWS for line in path.read_text().splitlines() if "uses:" in line]
    assert len(used) > 5
    for line in used:
        assert re.search(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_workflows_run_each_supported_python_and_sessions_that_there_are() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text())["jobs"]
    classified = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", each)]
    assert jobs["tests"]["strategy"]["matrix"]["python"] == classified
    noxfile = (ROOT / "noxfile.py").read_text()
    for path in WORKFLOWS:
        for session in re.findall(r"\./dev (\w+)", path.read_text()):
            assert f"\ndef {session}(session" in noxfile
