import copy
import pickle
from typing import Any

import pytest

from payments_async.models.open_enum import OpenEnum


class Status(OpenEnum):
    PAY_IN = "PAY-IN"
    FAILED = "FAILED"


def test_a_listed_text_is_its_member() -> None:
    assert Status("PAY-IN") is Status.PAY_IN


def test_an_unlisted_text_is_a_value_of_the_enum() -> None:
    status = Status("BRAND_NEW")
    assert isinstance(status, Status)
    assert isinstance(status, str)
    assert (status.value, status.name) == ("BRAND_NEW", "BRAND_NEW")
    assert status == "BRAND_NEW"
    assert f"{status}" == str(status) == "BRAND_NEW"
    assert repr(status) == "<Status.BRAND_NEW: 'BRAND_NEW'>"


def test_unlisted_values_compare_and_hash_as_their_text() -> None:
    status = Status("BRAND_NEW")
    assert status == Status("BRAND_NEW")
    assert status != Status("OTHER")
    assert hash(status) == hash("BRAND_NEW")
    assert {"BRAND_NEW": 1}[status] == 1


def test_listed_members_hash_as_their_text() -> None:
    assert {"PAY-IN": 1}[Status.PAY_IN] == 1


def test_unlisted_values_are_not_kept() -> None:
    assert Status("BRAND_NEW") is not Status("BRAND_NEW")
    assert list(Status) == [Status.PAY_IN, Status.FAILED]
    assert "BRAND_NEW" not in Status.__members__
    assert "BRAND_NEW" not in Status._value2member_map_


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("text", ["PAY-IN", "BRAND_NEW"])
def test_values_pickle(text: str, protocol: int) -> None:
    back = pickle.loads(pickle.dumps(Status(text), protocol))
    assert (type(back), back.value) == (Status, text)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("text", ["PAY-IN", "BRAND_NEW"])
def test_values_copy(text: str, copied: type) -> None:
    back = copied([Status(text)])[0]
    assert (type(back), back.value, back.name) == (Status, text, Status(text).name)


def test_a_value_of_another_enum_is_taken_by_its_text() -> None:
    class Other(OpenEnum):
        NEW = "brand new"

    status = Status(Other.NEW)
    assert type(status) is Status
    assert type(status.value) is str
    assert status == "brand new"


@pytest.mark.parametrize("value", [5, None, b"FAILED", ["FAILED"]])
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid Status"):
        Status(value)
