"""What the reference shows and the source does not spell out: constructors made by attrs, values of enums, advice."""

from typing import Any

import griffe

_ATTRS = {"attrs.define", "attrs.frozen"}


class Additions(griffe.Extension):
    """Completes classes and methods after griffe has read them."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Say of a deprecated method what to use instead."""
        for decorator in func.decorators:
            if decorator.callable_path.endswith(".deprecated") and func.docstring:
                advice = str(decorator.value).partition("(")[2].strip("'\")")
                func.docstring.value = f"**Deprecated:** {advice}.\n\n{func.docstring.value}"

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """Give an attrs class its `__init__`, and list the values of an open enum."""
        fields = [member for member in cls.members.values() if isinstance(member, griffe.Attribute)]
        if any(str(base) == "OpenEnum" for base in cls.bases) and cls.docstring:
            cls.docstring.value += f"\n\nValues: {', '.join(map(_listed, fields))}."
        for decorator in cls.decorators:
            if decorator.callable_path in _ATTRS:
                init = griffe.Function("__init__", parameters=_parameters(fields, _arguments(decorator.value)))
                init.parent = cls
                cls.set_member("__init__", init)


def _listed(value: griffe.Attribute) -> str:
    text = str(value.value).strip("'\"")
    return f"`{value.name}`" + (f" (`{text}`)" if text != value.name else "")


def _parameters(fields: list[griffe.Attribute], options: dict[str, Any]) -> griffe.Parameters:
    parameters = griffe.Parameters(griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword))
    for field in fields:
        given = _arguments(field.value) if str(field.value).startswith("attrs.field(") else {"default": field.value}
        keyword_only = str({**options, **given}.get("kw_only")) == "True"
        default = given.get("default")
        if "factory" in given or str(default).startswith("attrs.Factory("):
            default = "..."
        kind = griffe.ParameterKind.keyword_only if keyword_only else griffe.ParameterKind.positional_or_keyword
        parameters.add(griffe.Parameter(field.name, annotation=field.annotation, kind=kind, default=default))
    return parameters


def _arguments(call: Any) -> dict[str, Any]:
    """The keyword arguments of a call; none for anything else."""
    given = call.arguments if isinstance(call, griffe.ExprCall) else []
    return {each.name: each.value for each in given if isinstance(each, griffe.ExprKeyword)}
