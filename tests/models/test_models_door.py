import pickle
import subprocess
import sys

import pytest

from payments_async import models
from payments_async.models.generated import CONNECTOR_MODELS, connectors
from payments_async.models.generated import models as generated
from payments_async.models.generated.operations import OPERATIONS


def test_the_door_shows_the_generated_models_and_their_enum() -> None:
    assert sorted(models.__all__) == sorted({"OpenEnum", *generated.__all__, *connectors.__all__})
    for module in (generated, connectors):
        assert all(getattr(models, name) is getattr(module, name) for name in module.__all__)


def test_the_door_lists_all_that_it_shows() -> None:
    assert set(models.__all__) <= set(dir(models))
    assert len(dir(models)) == len(set(dir(models)))


def test_the_names_of_what_is_loaded_late_are_its_names() -> None:
    assert list(CONNECTOR_MODELS) == connectors.__all__


LOADED = "print('payments_async.models.generated.connectors' in __import__('sys').modules)"


@pytest.mark.parametrize(
    ("program", "loaded"),
    [
        ("from payments_async.models import Connector, InstalledConnector, OpenEnum, Payment", False),
        ("from payments_async import models; dir(models), models.__all__, hasattr(models, 'StripeConfg')", False),
        ("from payments_async.models import StripeConfig", True),
        ("from payments_async import models; models.TASK_BY_CONNECTOR", True),
        ("from payments_async.models import *; StripeConfig, Payment", True),
    ],
)
def test_what_belongs_to_single_connectors_is_loaded_when_it_is_asked_for(program: str, *, loaded: bool) -> None:
    command = [sys.executable, "-c", f"{program}\n{LOADED}"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == f"{loaded}\n"


def test_a_name_that_there_is_not_is_an_error_of_the_door() -> None:
    with pytest.raises(AttributeError, match=r"^module 'payments_async\.models' has no attribute 'StripeConfg'$"):
        models.StripeConfg  # type: ignore[attr-defined]  # noqa: B018


def test_a_model_that_was_pickled_is_found_in_a_process_that_has_loaded_nothing() -> None:
    pickled = pickle.dumps(models.StripeConfig(api_key="k", name="s"))
    program = f"import pickle; print(pickle.loads({pickled!r}).name)"
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "s\n"


def test_the_door_shows_no_operations() -> None:
    assert not {"OPERATIONS", "Operation"} & set(vars(models))


def test_every_model_in_the_operation_table_is_public() -> None:
    named = {name for operation in OPERATIONS for name in (operation.request, operation.response) if name}
    assert named - set(models.__all__) == {"dict[str, str]"}


def test_the_operations_are_43_of_different_names() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS) == 43


def test_every_connector_has_a_config_and_a_task_of_its_own() -> None:
    for table in (models.CONFIG_BY_CONNECTOR, models.TASK_BY_CONNECTOR):
        assert list(table) == list(models.Connector)
        assert len(set(table.values())) == len(models.Connector)
