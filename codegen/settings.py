"""What a description says of itself in `x-codegen`: where the output goes, and what it differs in from others."""

from typing import Any

import attrs

from codegen.description import DescriptionError, Json


@attrs.frozen(kw_only=True)
class Settings:
    """The members of `x-codegen`, with dashes in place of underscores.

    Attributes:
        package: The package of the models; the output goes to the package `generated` in it.
        connectors: The enum whose values tell the members of unions apart.
        operation_prefix: What operation ids begin with and methods do not.
        operation_class: The module whose `Operation` the table's rows are of. None: the table brings its own.
        filters: Whether to write the keys that lists are filtered by.
    """

    package: str
    connectors: str
    operation_prefix: str = ""
    operation_class: str | None = None
    filters: bool = False


def settings_of(description: Json) -> Settings:
    """The settings of a description.

    Raises:
        DescriptionError: one is missing, or not known.
    """
    given: dict[str, Any] = {name.replace("-", "_"): value for name, value in description.get("x-codegen", {}).items()}
    try:
        return Settings(**given)
    except TypeError as error:
        known = ", ".join(field.name.replace("_", "-") for field in attrs.fields(Settings))
        raise DescriptionError(f"x-codegen: {error}; it has the members {known}") from None
