"""The header fields by which the operators of a server find a request in its logs and traces."""

from __future__ import annotations

import re

from payments_async.wire.call import Response

_NAMES = ("X-Request-Id", "X-Correlation-Id", "X-Amzn-Trace-Id", "CF-Ray", "traceparent", "traceresponse")
"""Those of servers, gateways and load balancers."""

_ID = re.compile(r"(?!.*eyJ)[\w=;:.-]{1,100}", re.ASCII)
"""What an id may look like: short, without spaces, and without the beginning of a JSON Web Token."""


def request_ids(response: Response) -> dict[str, str]:
    """The fields of a response by which its request can be found, without what may be a secret."""
    found = {name: response.headers.get(name, "") for name in _NAMES}
    secrets = response.request.secrets
    return {
        name: value
        for name, value in found.items()
        if _ID.fullmatch(value) and not any(secret in value for secret in secrets)
    }
