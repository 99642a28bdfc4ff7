from payments_async import models
from payments_async.models.generated import models as generated
from payments_async.models.generated.operations import OPERATIONS


def test_the_door_shows_the_generated_models_and_their_enum() -> None:
    assert sorted(models.__all__) == sorted({"OpenEnum", *generated.__all__})
    assert all(getattr(models, name) is getattr(generated, name) for name in generated.__all__)


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
