from collections.abc import Iterator
from functools import partial

import pytest

from benchmarks.processes import Took, contending, printed, serving, turns


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(items=300) as url:
        yield url


@pytest.mark.long
@pytest.mark.parametrize("name", ["ours", "limit", "dicts", "ours_v3", "limit_v3"])
def test_contestants_drain_the_list(name: str, url: str) -> None:
    with contending(name, url) as contestant:
        for gc in (True, False, [50_000, 20, 20]):
            took = contestant.took("drain", gc=gc)
            assert took.value == 300
            assert took.seconds > 0


@pytest.mark.long
@pytest.mark.parametrize("name", ["ours", "limit"])
def test_contestants_call_one_by_one_and_at_once(name: str, url: str) -> None:
    with contending(name, url) as contestant:
        for do in ("get", "create"):
            assert contestant.took(do, times=3).stall == 0
        assert contestant.took("get", times=50, at_once=True).stall > 0
        assert all(kibibytes > 10_000 for kibibytes in contestant.took("memory", using={"every": 100}).value)


@pytest.mark.long
@pytest.mark.parametrize("flag", ["--uvloop", "--isal"])
def test_ours_takes_what_users_can_set(flag: str, url: str) -> None:
    with contending("ours", url, flag) as contestant:
        assert contestant.took("keep").value == 300


@pytest.mark.long
def test_ours_walks_with_work_of_its_own(url: str) -> None:
    with contending("ours", url) as contestant:
        for busy in (True, False):
            took = contestant.took("walk", using={"prefetch": 1, "work": 0.01, "busy": busy})
            assert took.value == 300
            assert took.seconds >= 0.03


def test_a_contestant_that_fails_says_so(url: str) -> None:
    with contending("ours", url) as contestant, pytest.raises(RuntimeError, match="ended with 1 and no answer"):
        contestant.took("pay")


def test_turns_are_taken_round_by_round() -> None:
    order: list[str] = []

    def measure(name: str) -> Took:
        order.append(name)
        return Took(seconds=len(order), stall=0.0, value=None)

    took = turns({name: partial(measure, name) for name in "ab"}, 2)
    assert order == ["b", "a", "a", "b", "b", "a"]
    assert {name: [each.seconds for each in rounds] for name, rounds in took.items()} == {"a": [3, 6], "b": [4, 5]}


@pytest.mark.long
def test_what_is_measured_in_one_process_comes_round_by_round() -> None:
    decoded = printed("-m", "benchmarks.decode", "2", "1")
    assert {name: len(took) for name, took in decoded.items()} == dict.fromkeys(decoded, 2)
    layers = printed("-m", "benchmarks.layers", "2", "5")
    assert {name: len(took) for name, took in layers.items()} == dict.fromkeys(layers, 2)
    assert set(layers) >= {"encode", "retrying", "checking", "queueing", "authorizing", "transport", "whole", "bare"}
