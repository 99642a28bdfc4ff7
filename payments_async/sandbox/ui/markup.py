"""HTML elements whose texts and attributes are escaped."""

from collections.abc import Iterable
from html import escape
from typing import Any, cast


class Markup(str):
    """HTML, which is not escaped again."""

    __slots__ = ()


_VOID = {"input", "link", "meta"}


def element(name: str, /, *children: Any, **attributes: str | int | bool | None) -> Markup:
    """An element.

    Args:
        name: of the element.
        children: texts, which are escaped, and elements; an iterable of them counts as all of them.
        attributes: `class_` is `class`, and `aria_label` is `aria-label`; True has no value, and neither None nor False
            is written.
    """
    written = "".join(_attribute(each, value) for each, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{inside(children)}</{name}>")


def inside(child: Any) -> Markup:
    """The HTML of a text, of an element, or of an iterable of them."""
    children = cast("Iterable[Any]", child)
    if isinstance(child, Markup):
        return child
    if isinstance(child, Iterable) and not isinstance(child, str):
        return Markup("".join(map(inside, children)))
    return Markup(escape(str(child)))


def _attribute(name: str, value: str | int | bool | None) -> str:
    written = name.removesuffix("_").replace("_", "-")
    if value is True:
        return f" {written}"
    return "" if value is None or value is False else f' {written}="{escape(str(value))}"'
