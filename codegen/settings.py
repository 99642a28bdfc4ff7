"""Reads the settings of a description, `x-codegen`: where the output goes, and how it differs from others."""

from typing import Any

import attrs

from codegen.description import DescriptionError, Json


@attrs.frozen(kw_only=True)
class Settings:
    """The members of `x-codegen`, which have dashes in place of underscores.

    Attributes:
        package: The package of the models; the output goes into its package `generated`.
        connectors: The enum of connectors, by which the classes of unions are chosen.
        operation_prefix: The prefix of operation ids that methods do not have.
        operation_class: The module of the class `Operation`. None: it is generated with the table.
        filters: Whether to write the keys by which lists can be filtered.
    """

    package: str
    connectors: str
    operation_prefix: str = ""
    operation_class: str | None = None
    filters: bool = False


def settings_of(description: Json) -> Settings:
    """The settings of a description.

    Raises:
        DescriptionError: one is missing or unknown.
    """
    given: dict[str, Any] = {name.replace("-", "_"): value for name, value in description.get("x-codegen", {}).items()}
    try:
        return Settings(**given)
    except TypeError as error:
        known = ", ".join(field.name.replace("_", "-") for field in attrs.fields(Settings))
        raise DescriptionError(f"x-codegen: {error}; it has the members {known}") from None
