"""The operations of the API, as the description states them, for whoever compares with it."""

from collections.abc import Mapping
from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class Operation:
    """One operation of the API.

    Attributes:
        operation_id: Its id in the description.
        name: Its method in the SDK.
        method: The HTTP method.
        path: The path template, below the API's root.
        path_parameters: Names of the parameters in the path, as on the wire.
        query_parameters: Names of the parameters in the query, as on the wire.
        request: The model that is its body, or the Python type of a body without a model. None: it takes no body.
        response: The model that its answer holds, or the Python type of an answer without a model. None: it is empty.
        envelope: The member of the answer that holds `response`; "bare" when the answer is the model itself.
        collection: How the envelope's data holds `response`. None: there is exactly one.
        status: The HTTP status of success.
        deprecated: Whether the API advises against it.
        sort_columns: The columns that it can sort by.
        filters: The members that its filters know, each with its operators.
    """

    operation_id: str
    name: str
    method: str
    path: str
    path_parameters: tuple[str, ...] = ()
    query_parameters: tuple[str, ...] = ()
    request: str | None = None
    response: str | None = None
    envelope: Literal["data", "cursor", "bare"] | None = None
    collection: Literal["list", "map", "map of lists", "map of maps"] | None = None
    status: int
    deprecated: bool = False
    sort_columns: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict[str, tuple[str, ...]], hash=False)

    @property
    def paginated(self) -> bool:
        """Whether it answers page by page."""
        return self.envelope == "cursor"
