"""What all models can do: become plain JSON values and come back from them, for programs and for pydantic."""

from importlib import import_module
from typing import Any, Literal, Self

# A call imports what it needs: the models themselves import nothing else of the package.


class Model:
    """The base of all models."""

    __slots__ = ()

    def to_dict(
        self,
        *,
        names: Literal["wire", "python"] = "wire",
        amounts: Literal["number", "text"] = "number",
        hidden: bool = False,
    ) -> dict[str, Any]:
        """The model as plain JSON values, with times as RFC 3339 and members that have no value as `None`.

        Args:
            names: `"wire"` for the names that the API uses, such as `createdAt`; `"python"` for those of the fields.
            amounts: `"text"` for integers as text, because some readers of JSON round numbers from 2**53 on.
            hidden: Whether to include the members that the repr hides, such as account numbers and secrets.

        Raises:
            ValueError: an option is unknown, or a time has no time zone.
        """
        from payments_async.wire.members import members  # noqa: PLC0415

        return members(self, names=names, amounts=amounts, hidden=hidden)

    def to_json(
        self,
        *,
        names: Literal["wire", "python"] = "wire",
        amounts: Literal["number", "text"] = "number",
        hidden: bool = False,
    ) -> str:
        """The model as compact JSON text; the arguments are those of `to_dict`.

        Raises:
            ValueError: an option is unknown, a time has no time zone, or JSON cannot represent a value.
        """
        from payments_async.wire.members import json_of  # noqa: PLC0415

        return json_of(self.to_dict(names=names, amounts=amounts, hidden=hidden))

    @classmethod
    def from_json(cls, text: str | bytes, *, names: Literal["wire", "python"] = "wire") -> Self:
        """The model that `to_json` has written, with integers as numbers or as text.

        Args:
            text: JSON text; if it is bytes, in UTF-8.
            names: The names of the members in it.

        Raises:
            ValueError: the text is not JSON or does not fit the model, or `names` is unknown. Hidden members must be
                there unless they have a default.
        """
        from payments_async.wire.codec import model_in  # noqa: PLC0415

        return model_in(cls, text, names=names)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from payments_async.wire.schema import core_schema_of  # noqa: PLC0415

        return core_schema_of(source, handler)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        from payments_async.wire.schema import json_schema_of  # noqa: PLC0415

        package = cls.__module__.rpartition(".")[0]
        generated = package.endswith(".generated")  # not so for a class that a user has derived
        example = import_module(f"{package}.examples").EXAMPLES[cls.__name__] if generated else None
        return json_schema_of(cls, core_schema, handler, example)
