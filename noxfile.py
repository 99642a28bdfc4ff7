"""Everything that is done to this project, one session each: ./dev demo, ./dev tests, ./dev --list."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")

nox.options.default_venv_backend = "uv|venv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["tests"]

# Without compiled modules, each process that a test starts would compile all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def other_versions() -> list[str]:
    """The supported versions of Python that this machine has, except the one that runs this file."""
    own, *supported = sorted(
        nox.project.python_versions(PROJECT), key=lambda each: each != "{}.{}".format(*sys.version_info)
    )
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    if pyenv.is_dir():  # its commands, such as python3.13, run only the versions that this variable names
        kept = [home.name for each in (own, *supported) for home in sorted(pyenv.glob(f"{each}.*"))]
        os.environ.setdefault("PYENV_VERSION", ":".join(kept))
    return [each for each in supported if _runs(f"python{each}")]


def _runs(interpreter: str) -> bool:
    if not shutil.which(interpreter):
        return False
    return subprocess.run([interpreter, "-c", "import ensurepip"], check=False, capture_output=True).returncode == 0


OTHER_VERSIONS = other_versions()

NOT_IN_THE_PACKAGE = ("benchmarks", "codegen", "docs", "examples", "interop", "oidc", "typing")
IN_PROCESSES_OF_THEIR_OWN = (
    "cli/test_sandbox.py",
    "drain/test_kills.py",
    "test_package.py",
    "test_readme.py",
    "testing/test_plugin.py",
)
"""Tests of which nothing is counted where lines are."""
ALL_GROUPS = ("test", "bench", "lint", "types", "codegen")
ALL_EXTRAS = "[cli,dask,fastapi,otel,parquet,postgres,testing]"


@nox.session
def demo(session: nox.Session) -> None:
    """Drain 10,000 payments from the embedded sandbox and say what was done."""
    provide(session, extras="[cli]")
    session.run("payments-async", "demo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Check generated code, style and types, and run the test suite; with arguments, only pytest with these."""
    provide(session, *ALL_GROUPS, extras=ALL_EXTRAS)
    home = peers(session)
    if not session.posargs:
        check(session, "Generated code, style and types", *TYPES, GENERATED, *STYLE)
    run_tests(session, *(session.posargs or PARALLEL), home=home)


@nox.session(venv_backend="none")
def long(session: nox.Session) -> None:
    """Run the tests that take long: drains killed 50 times, and each property on many more examples."""
    os.environ["EXAMPLES"] = "40"
    chosen = "(long or hypothesis) and not postgres"
    session.notify("tests", [*PARALLEL, "-m", chosen, *session.posargs])


@nox.session(python=OTHER_VERSIONS)
def python(session: nox.Session) -> None:
    """Run the tests with another version of Python, one session for each that the machine has."""
    provide(session, *ALL_GROUPS, extras=ALL_EXTRAS)
    run_tests(session, *(session.posargs or PARALLEL))


@nox.session(python=OTHER_VERSIONS[-1:] or None)
def newest(session: nox.Session) -> None:
    """Run the package with the newest other version of Python, and hold the lines and branches that run to a share."""
    provide(session, "test", "bench", extras=ALL_EXTRAS)
    apart = [f"--ignore=tests/{name}" for name in (*NOT_IN_THE_PACKAGE, *IN_PROCESSES_OF_THEIR_OWN)]
    # Without properties: hypothesis and the counting of lines slow each other down.
    chosen = "not hypothesis and not long and not spreadsheet and not browser and not dask"  # with PostgreSQL
    run_tests(session, *PARALLEL, "--cov", *apart, "-m", chosen, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and the direction of imports."""
    provide(session, "lint")
    check(session, "Style and imports", *STYLE)


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright."""
    provide(session, *ALL_GROUPS, extras=ALL_EXTRAS)
    check(session, "Types", *TYPES)


@nox.session
def codegen(session: nox.Session) -> None:
    """Compare the generated code with the description; with `--write`, write it anew."""
    provide(session, "codegen")
    if session.posargs:
        session.run("python", "-m", "codegen", *[argument for argument in session.posargs if argument != "--write"])
    else:
        check(session, "Generated code", GENERATED)


@nox.session
def interop(session: nox.Session) -> None:
    """Let Prism, the official SDK and an OpenID provider judge; skipped where npm or PyPI cannot be reached."""
    provide(session, "test")
    run_tests(session, "-m", "interop", *session.posargs, home=peers(session, "prism", "official_sdk", "oidc_provider"))


@nox.session
def storm(session: nox.Session) -> None:
    """Let 20,000 calls run into faults of every kind, 2,000 at once, and account for each create."""
    provide(session, "test")
    session.run("python", "-m", "tests.storm.storm", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Throw bytes at what reads answers, for five minutes unless `-max_total_time=SECONDS` says otherwise."""
    provide(session, "fuzz")
    session.run("python", "tests/fuzz/fuzz.py", *(session.posargs or ["-max_total_time=300"]))


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Measure against the limit and the peers, and draw it; with `--quick`, only show that everything runs."""
    home = peers(session, "official_sdk", "httpx_pydantic", "openapi_python_client")
    session.run(python_of_tests(session), "-m", "benchmarks", home, *session.posargs, external=True)


@nox.session(venv_backend="none")
def instructions(session: nox.Session) -> None:
    """Count the instructions of decoding and of a call, and hold them to the committed ratios; `--write` commits."""
    if not shutil.which("valgrind"):
        session.error("valgrind is not installed (Debian and Ubuntu: apt install valgrind)")
    session.run(python_of_tests(session), "-m", "benchmarks.instructions", *session.posargs, external=True)


@nox.session(venv_backend="none")
def spreadsheet(session: nox.Session) -> None:
    """Open files for spreadsheets in LibreOffice, and compare what it shows."""
    if not shutil.which("soffice"):
        session.error("LibreOffice is not installed (Debian and Ubuntu: apt install libreoffice-calc-nogui)")
    session.notify("tests", ["-m", "spreadsheet", *session.posargs])


@nox.session(venv_backend="none")
def browser(session: nox.Session) -> None:
    """Look at the sandbox's page in Chromium."""
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        session.error("Chromium is not installed (Debian and Ubuntu: apt install chromium)")
    session.notify("tests", ["-m", "browser", *session.posargs])


@nox.session(venv_backend="none")
def postgres(session: nox.Session) -> None:
    """Drain into a PostgreSQL server that the tests start; `-m postgres` adds the tests that take long."""
    needs_postgres(session)
    session.notify("tests", [*PARALLEL, "-m", "postgres and not long", *session.posargs])


@nox.session(venv_backend="none")
def dask(session: nox.Session) -> None:
    """Drain on clusters of Dask into PostgreSQL, while workers are killed, paused and cut off."""
    needs_postgres(session)
    # The long ones first, so that no processor is idle at the end.
    folders = ("tests/drain/dask", "tests/cli", "tests/docs")
    session.notify("tests", [*PARALLEL, "--dist=load", "--maxschedchunk=1", "-m", "dask", *folders, *session.posargs])


def needs_postgres(session: nox.Session) -> None:
    """End the session where PostgreSQL is not installed."""
    if not shutil.which("initdb") and not [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]:
        session.error("PostgreSQL is not installed (Debian and Ubuntu: apt install postgresql)")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    provide(session, "docs")
    session.run("mkdocs", "build", "--strict", *session.posargs, env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def api(session: nox.Session) -> None:
    """Compare the public names with the committed list, and refuse incomplete types; `--write` commits."""
    provide(session, "release", "types", extras=ALL_EXTRAS)
    check(session, "Types of all public names", ("pyright", "--verifytypes", "payments_async", "--ignoreexternal"))
    session.run("python", "docs/public_api.py", *session.posargs)


@nox.session
def release(session: nox.Session) -> None:
    """Build what is published into `dist`, and run the README with the wheel alone in an empty environment."""
    provide(session, "release")
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    with announced(session, "Building"):
        session.run("python", "-m", "build", silent=True)
    (wheel,) = (ROOT / "dist").glob("*.whl")
    python = empty_environment(session, f"{wheel}[cli,parquet,postgres,testing]")
    home = Path(session.create_tmp()).resolve() / "home"
    shutil.rmtree(home, ignore_errors=True)
    (home / "tests").mkdir(parents=True)
    shutil.copy(ROOT / "README.md", home)
    shutil.copy(ROOT / "tests" / "test_readme.py", home / "tests")
    with session.chdir(home):
        session.run(python, "-m", "payments_async", "demo", "--payments", "1000", external=True)
        session.run(
            python, "-m", "pytest", "-q", "--override-ini=asyncio_mode=auto", "-pno:cacheprovider", external=True
        )


@nox.session
def sbom(session: nox.Session) -> None:
    """Write the packages of an installation into `build/sbom.cdx.json`, and look for known vulnerabilities in them."""
    provide(session, "release")
    (ROOT / "build").mkdir(exist_ok=True)
    python = empty_environment(session, f"{ROOT}[cli,dask,fastapi,otel,parquet,postgres]")
    written = ("--output-reproducible", "--output-file", str(ROOT / "build" / "sbom.cdx.json"))
    session.run("cyclonedx-py", "environment", python, "--pyproject", "pyproject.toml", *written)
    folder = session.run(python, "-c", "import site; print(site.getsitepackages()[0])", external=True, silent=True)
    session.run("pip-audit", "--path", str(folder).strip(), "--progress-spinner=off")


def empty_environment(session: nox.Session, *requirements: str) -> str:
    """The Python of an environment that holds these requirements and what they need, and nothing else."""
    home = Path(session.create_tmp()).resolve() / "empty"
    session.run("python", "-m", "venv", "--clear", str(home), silent=True)
    python = str(home / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    with announced(session, "Installing into an empty environment"):
        session.run(
            python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements, external=True
        )
    return python


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest version of each direct dependency."""
    extras = PROJECT["project"]["optional-dependencies"]
    named = [*PROJECT["project"]["dependencies"]]
    for extra in ("cli", "dask", "fastapi", "otel", "parquet", "postgres"):
        named += extras[extra]
    constraints = tuple(each.replace(">=", "==") for each in named)
    provide(session, "test", "bench", extras=ALL_EXTRAS, constraints=constraints)
    # The generator has dependencies of its own, and runs where the package is made, not where it is used.
    run_tests(session, *PARALLEL, "--ignore=tests/codegen", *session.posargs)


@contextmanager
def announced(session: nox.Session, what: str) -> Generator[None]:
    """Say what is being done, every few seconds that it goes on, and in the end how long it took."""
    started, ended = time.monotonic(), threading.Event()

    def say(state: str) -> None:
        session.log(f"{what}: {state} {time.monotonic() - started:.0f} s")

    def go_on() -> None:
        while not ended.wait(8):
            say("going on for")

    session.log(f"{what} ...")
    signs_of_life = threading.Thread(target=go_on)
    signs_of_life.start()
    try:
        yield
    finally:
        ended.set()
        signs_of_life.join()
        say("took")


def provide(session: nox.Session, *groups: str, extras: str = "", constraints: tuple[str, ...] = ()) -> None:
    """Install the package and dependency groups, unless the session's environment holds exactly these already."""
    wanted = [*nox.project.dependency_groups(PROJECT, *groups), *constraints]
    tables = [PROJECT["build-system"], PROJECT["project"], wanted, extras, sys.version]
    digest = hashlib.sha256(json.dumps(tables).encode()).hexdigest()
    stamp = Path(session.virtualenv.location) / "provided"
    if stamp.exists() and stamp.read_text() == digest:
        return
    stamp.unlink(missing_ok=True)
    names = ", ".join(filter(None, [f"payments_async{extras}", *groups]))
    with announced(session, f"Installing {names} (this time only, up to a minute)"):
        session.install("--quiet", "--disable-pip-version-check", "--editable", f".{extras}", *wanted, silent=True)
    stamp.write_text(digest)


def python_of_tests(session: nox.Session) -> str:
    """The Python of the environment of the tests, which is set up first if it is not."""
    nox_itself = (sys.executable, "-m", "nox", "--noxfile", __file__)
    session.run(*nox_itself, "--session", "tests", "--install-only", external=True)
    return str(ROOT / ".nox" / "tests" / ("Scripts" if sys.platform == "win32" else "bin") / "python")


def peers(session: nox.Session, *names: str) -> str:
    """Install programs of others, all of them unless named, into an environment each; gives their folder."""
    home = str((session.cache_dir / "peers").resolve())
    with announced(session, "Programs of others (the first time up to a minute)"):
        session.run(sys.executable, "benchmarks/peers.py", home, *names, external=True)
    return home


PARALLEL = ("--numprocesses=auto", "--dist=worksteal")


def run_tests(session: nox.Session, *arguments: str, home: str = "") -> None:
    """Run pytest.

    Args:
        session: Where.
        arguments: What pytest is given.
        home: The folder of `peers`, for the tests that need one of them.
    """
    session.run("pytest", *arguments, env={"PEERS_HOME": home} if home else {})


GENERATED = ("python", "-m", "codegen", "--check")
STYLE = [
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("lint-imports", "--no-cache"),
]
TYPES = [("mypy",), ("pyright",)]


def check(session: nox.Session, what: str, *commands: tuple[str, ...]) -> None:
    """Run the commands side by side, since each of them uses one processor; best the longest first."""
    with announced(session, what), ThreadPoolExecutor(os.cpu_count()) as side_by_side:
        for checked in [side_by_side.submit(session.run, *command, silent=True) for command in commands]:
            checked.result()
