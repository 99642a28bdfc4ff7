import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from codegen.__main__ import DESCRIPTIONS, generated
from codegen.description import Json, load

FIXTURE = Path(__file__).parent / "fixture.yaml"


@pytest.fixture(scope="session")
def pristine() -> Json:
    return load(FIXTURE)


@pytest.fixture
def description(pristine: Json) -> Json:
    """A small description which uses every convention, free to be spoilt."""
    return copy.deepcopy(pristine)


@pytest.fixture(scope="session")
def sources(pristine: Json) -> dict[str, str]:
    """What is generated from the small description, by file name."""
    return {path.name: text for path, text in generated(pristine, DESCRIPTIONS / "payments.yaml").items()}


@pytest.fixture(scope="session")
def models(sources: dict[str, str]) -> Iterator[ModuleType]:
    yield from loaded(sources, "models")


@pytest.fixture(scope="session")
def connectors(sources: dict[str, str], models: ModuleType) -> Iterator[ModuleType]:
    # What it takes from the models is to be of the same description.
    own = sources["connectors.py"].replace("payments_async.models.generated.models", models.__name__)
    yield from loaded({"connectors.py": own}, "connectors")


@pytest.fixture(scope="session")
def operations(sources: dict[str, str]) -> Iterator[ModuleType]:
    yield from loaded(sources, "operations")


def loaded(sources: dict[str, str], name: str) -> Iterator[ModuleType]:
    module = ModuleType(f"generated_from_the_fixture_{name}")
    sys.modules[module.__name__] = module
    exec(compile(sources[f"{name}.py"], f"{name}.py", "exec"), vars(module))
    yield module
    del sys.modules[module.__name__]
