"""Decides all Python names that codegen writes, and which of them are bad."""

import keyword
import re

ALIASES = {
    # They would become account_i_ds.
    "accountIDs": "account_ids",
    "bankAccountIDs": "bank_account_ids",
}

# The names that the generated module and the base class need: a model or field with such a name would hide it.
_NEEDED = {"Any", "Model", "OpenEnum", "TypeAlias", "attrs", "datetime", "from_json", "self", "to_dict", "to_json"}
_TAKEN = _NEEDED | {"bool", "dict", "float", "int", "list", "str"}


def snake_case(text: str) -> str:
    """`readConnectorConfigV1` -> `read_connector_config_v1`."""
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).replace("-", "_").lower()


def field_name(wire: str) -> str:
    """The attribute for a member called `wire` in JSON; a Python keyword gets an underscore."""
    name = ALIASES.get(wire) or snake_case(wire)
    return f"{name}_" if keyword.iskeyword(name) else name


def member_name(value: str) -> str:
    """The enum member for a value: `sepa debit` -> `SEPA_DEBIT`."""
    return re.sub(r"\W+", "_", value).strip("_").upper()


def method_name(operation_id: str, chosen: str | None, prefix: str = "") -> str:
    """The method for an operation: the name chosen in the description, or its id without the prefix in snake_case."""
    return chosen or snake_case(operation_id.removeprefix(prefix))


def table_name(union: str, enum: str) -> str:
    """The table of a union's classes: `ConnectorConfig` by `Connector` -> `CONFIG_BY_CONNECTOR`."""
    return f"{snake_case(union.removeprefix('Connector'))}_BY_{snake_case(enum)}".upper()


def is_bad_class(name: str) -> bool:
    """Whether this is not a class name, is taken, or ends with a number (`Data1`)."""
    return not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) or name in _TAKEN or bool(re.search(r"[a-z]\d+$", name))


def is_bad_field(wire: str) -> bool:
    """Whether this gives an attribute name that is invalid, taken or unreadable; the names in ALIASES are all good."""
    return wire not in ALIASES and (_is_bad(field_name(wire)) or field_name(wire) in _TAKEN)


def is_bad_method(name: str) -> bool:
    """Whether this is not a method name, or is unreadable."""
    return _is_bad(name) or keyword.iskeyword(name)


def is_bad_member(name: str) -> bool:
    """Whether this is not a name of an enum member, or comes from a value without a first letter (`FIELD_1`, `1ST`)."""
    return not re.fullmatch(r"[A-Z][A-Z0-9_]*", name) or name.startswith("FIELD_")


def _is_bad(name: str) -> bool:
    lone_letter = re.search(r"(^|_)[a-z](_|$)", name)  # a split word: account_i_ds
    return not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name.startswith("field_") or bool(lone_letter)
