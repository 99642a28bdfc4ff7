"""The judge of what tools find that record the local variables of frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import payments_async

_PACKAGE = str(Path(payments_async.__file__).parent)


def locals_of(error: BaseException) -> Iterator[tuple[str, str]]:
    """Where each local variable is in the frames of an error and its causes, and its repr; not those of tests."""
    todo: list[BaseException | None] = [error]
    done = set[int]()  # an error may come from a group that has it
    while todo:
        if (each := todo.pop()) is None or id(each) in done:
            continue
        done.add(id(each))
        todo += [each.__cause__, each.__context__]
        yield f"{type(each).__name__} itself", repr(each)
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions
        trace = each.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if "/tests/" not in file:
                for name, value in trace.tb_frame.f_locals.items():
                    with suppress(AttributeError):  # the object is not complete yet
                        yield f"{file.removeprefix(_PACKAGE)}:{trace.tb_lineno} {name}", repr(value)
            trace = trace.tb_next


def assert_sealed(error: BaseException, *secrets: str) -> None:
    """Assert that no local variable in the frames of an error and its causes shows one of these texts."""
    seen = [*locals_of(error)]
    assert len(seen) > 1
    showing = [where for where, shown in seen if any(secret in shown for secret in secrets)]
    assert showing == []
