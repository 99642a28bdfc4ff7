"""The doors of both APIs' models: what they show, and what they load late."""

import pickle
import subprocess
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from payments_async import models
from payments_async.models.generated.operations import OPERATIONS
from payments_async.v3 import models as v3_models
from payments_async.v3.models.generated.operations import OPERATIONS as V3_OPERATIONS

DOORS = [models, v3_models]
both = pytest.mark.parametrize("door", DOORS, ids=["earlier", "v3"])


def part(door: ModuleType, name: str) -> ModuleType:
    return import_module(f"{door.__name__}.generated.{name}")


@both
def test_the_door_shows_the_generated_models_and_their_bases(door: ModuleType) -> None:
    generated, late = part(door, "models"), part(door, "connectors")
    assert sorted(door.__all__) == sorted({"Model", "OpenEnum", *generated.__all__, *late.__all__})
    for module in (generated, late):
        assert all(getattr(door, name) is getattr(module, name) for name in module.__all__)


@both
def test_the_door_lists_all_that_it_shows(door: ModuleType) -> None:
    assert set(door.__all__) <= set(dir(door))
    assert len(dir(door)) == len(set(dir(door)))


@both
def test_the_names_of_what_is_loaded_late_are_its_names(door: ModuleType) -> None:
    assert list(import_module(f"{door.__name__}.generated").CONNECTOR_MODELS) == part(door, "connectors").__all__


@pytest.mark.parametrize(
    ("program", "loaded"),
    [
        ("from {models} import Connector, OpenEnum, Payment", False),
        ("import {models} as models; dir(models), models.__all__, hasattr(models, 'StripeConfg')", False),
        ("from {models} import StripeConfig", True),
        ("import {models} as models; models.StripeConfig", True),
        ("from {models} import *; StripeConfig, Payment", True),
    ],
)
@both
def test_what_belongs_to_single_connectors_is_loaded_when_it_is_asked_for(
    door: ModuleType, program: str, *, loaded: bool
) -> None:
    late = f"{door.__name__}.generated.connectors"
    program = f"{program.format(models=door.__name__)}\nprint({late!r} in __import__('sys').modules)"
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == f"{loaded}\n"


@both
def test_a_name_that_there_is_not_is_an_error_of_the_door(door: ModuleType) -> None:
    with pytest.raises(AttributeError, match=rf"^module '{door.__name__}' has no attribute 'StripeConfg'$"):
        door.StripeConfg  # noqa: B018


@both
def test_a_model_that_was_pickled_is_found_in_a_process_that_has_loaded_nothing(door: ModuleType) -> None:
    pickled = pickle.dumps(door.StripeConfig(api_key="k", name="s"))
    program = f"import pickle; print(pickle.loads({pickled!r}).name)"
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "s\n"


@both
def test_the_door_shows_no_operations(door: ModuleType) -> None:
    assert not {"OPERATIONS", "Operation"} & set(vars(door))


@pytest.mark.parametrize(
    ("door", "operations", "plain"),
    [(models, OPERATIONS, {"dict[str, str]"}), (v3_models, V3_OPERATIONS, {"dict[str, str]", "str"})],
    ids=["earlier", "v3"],
)
def test_every_model_in_the_operation_table_is_public(door: ModuleType, operations: Any, plain: set[str]) -> None:
    named = {name for operation in operations for name in (operation.request, operation.response) if name}
    assert named - set(door.__all__) == plain


def test_the_operations_are_43_and_64_of_different_names() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS) == 43
    assert len({operation.name for operation in V3_OPERATIONS}) == len(V3_OPERATIONS) == 64


def test_every_connector_has_a_config_and_a_task_of_its_own() -> None:
    for table in (models.CONFIG_BY_CONNECTOR, models.TASK_BY_CONNECTOR):
        assert list(table) == list(models.Connector)
        assert len(set(table.values())) == len(models.Connector)


def test_every_provider_has_a_config_of_its_own() -> None:
    assert list(v3_models.CONFIG_BY_PROVIDER) == list(v3_models.Provider)
    assert len(set(v3_models.CONFIG_BY_PROVIDER.values())) == len(v3_models.Provider) == 23
