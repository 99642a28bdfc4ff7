"""Everything that is done to this project, one session each: ./dev demo, ./dev tests, ./dev --list."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")

nox.options.default_venv_backend = "venv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["tests"]

NO_VALGRIND = "valgrind is not installed (Debian and Ubuntu: apt install valgrind)"


def provide(session: nox.Session, *groups: str, extras: str = "", constraints: tuple[str, ...] = ()) -> None:
    """Install the package and dependency groups, unless the session's environment holds exactly these already."""
    wanted = [*nox.project.dependency_groups(PROJECT, *groups), *constraints]
    tables = [PROJECT["build-system"], PROJECT["project"], wanted, extras, sys.version]
    digest = hashlib.sha256(json.dumps(tables).encode()).hexdigest()
    stamp = Path(session.virtualenv.location) / "provided"
    if stamp.exists() and stamp.read_text() == digest:
        return
    stamp.unlink(missing_ok=True)
    session.install("--quiet", "--disable-pip-version-check", "--editable", f".{extras}", *wanted)
    stamp.write_text(digest)


@nox.session
def demo(session: nox.Session) -> None:
    """Drain 10,000 payments from the embedded sandbox and say what was done."""
    provide(session, extras="[cli]")
    session.run("payments-async", "demo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run everything that must be green; with arguments, only pytest with these arguments."""
    provide(session, "test", "bench", "lint", "types", "codegen", extras="[cli,parquet]")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    check_generated(session)
    check_style(session)
    check_types(session)
    check_interop(session)
    check_bench(session, "--quick")
    if shutil.which("valgrind"):
        check_instructions(session)
    else:
        session.warn(f"Instructions are not counted: {NO_VALGRIND}")
    session.run("pytest", "--numprocesses=auto", "--cov", "-m", "not interop")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and the direction of imports."""
    provide(session, "lint")
    check_style(session)


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright."""
    provide(session, "test", "bench", "lint", "types", "codegen", extras="[cli,parquet]")
    check_types(session)


@nox.session
def codegen(session: nox.Session) -> None:
    """Compare the generated code with the description; with `--write`, write it anew."""
    provide(session, "codegen")
    if session.posargs:
        session.run("python", "-m", "codegen", *[argument for argument in session.posargs if argument != "--write"])
    else:
        check_generated(session)


@nox.session
def interop(session: nox.Session) -> None:
    """Let Prism, the official SDK and an OpenID provider judge; skipped where npm or PyPI cannot bring them."""
    provide(session, "test")
    check_interop(session)


@nox.session
def storm(session: nox.Session) -> None:
    """Let 20,000 calls run into faults of every kind, 2,000 at once, and account for each create."""
    provide(session, "test")
    session.run("python", "tests/storm/storm.py", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Throw bytes at what reads answers, for five minutes unless `-max_total_time=SECONDS` says otherwise."""
    provide(session, "fuzz")
    session.run("python", "tests/fuzz/fuzz.py", *(session.posargs or ["-max_total_time=300"]))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure against the limit and the peers, and draw it; with `--quick`, only show that everything runs."""
    provide(session, "bench", extras="[parquet]")
    check_bench(session, *session.posargs)


@nox.session
def instructions(session: nox.Session) -> None:
    """Count the instructions of decoding and of a call, and hold them to the committed ratios; `--write` commits."""
    if not shutil.which("valgrind"):
        session.error(NO_VALGRIND)
    provide(session, "bench")
    check_instructions(session, *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    provide(session, "docs")
    session.run("mkdocs", "build", "--strict", *session.posargs, env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest version of each direct dependency."""
    extras = PROJECT["project"]["optional-dependencies"]
    named = [*PROJECT["project"]["dependencies"], *extras["cli"], *extras["parquet"]]
    constraints = tuple(each.replace(">=", "==") for each in named)
    provide(session, "test", "bench", extras="[cli,parquet]", constraints=constraints)
    # The generator has dependencies of its own, and runs where the package is made, not where it is used.
    session.run("pytest", "--ignore=tests/codegen", *session.posargs)


def peers(session: nox.Session, *names: str) -> str:
    """Install programs of others, each into an environment of its own that all sessions share; gives their folder."""
    home = str((session.cache_dir / "peers").resolve())
    session.run("python", "benchmarks/peers.py", home, *names)
    return home


def check_interop(session: nox.Session) -> None:
    home = peers(session, "prism", "official_sdk")
    session.run("pytest", "tests/interop", "tests/oidc", *session.posargs, env={"PEERS_HOME": home})


def check_bench(session: nox.Session, *arguments: str) -> None:
    home = peers(session, "official_sdk", "httpx_pydantic", "openapi_python_client")
    session.run("python", "-m", "benchmarks", home, *arguments)


def check_instructions(session: nox.Session, *arguments: str) -> None:
    session.run("python", "-m", "benchmarks.instructions", *arguments)


def check_generated(session: nox.Session) -> None:
    session.run("python", "-m", "codegen", "--check")


def check_style(session: nox.Session) -> None:
    session.run("ruff", "check", "--quiet", ".")
    session.run("ruff", "format", "--check", "--quiet", ".")
    session.run("lint-imports", "--no-cache")


def check_types(session: nox.Session) -> None:
    session.run("mypy")
    session.run("pyright")
