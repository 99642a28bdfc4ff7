"""The API's data: classes, open enums and unions, generated from the description, and the enum they build on."""

from typing import TYPE_CHECKING

from payments_async.models.model import Model
from payments_async.models.open_enum import OpenEnum
from payments_async.v3.models.generated import models as _models
from payments_async.v3.models.generated.models import *  # noqa: F403 - it lists its names

__all__ = ["Model", "OpenEnum"]
__all__ += _models.__all__

if TYPE_CHECKING:
    from payments_async.v3.models.generated import connectors as _connectors
    from payments_async.v3.models.generated.connectors import *  # noqa: F403 - it lists its names

    __all__ += _connectors.__all__
else:  # hidden from type checkers: they would accept any name because of `__getattr__`
    from payments_async.models.late import late as _late
    from payments_async.v3.models.generated import CONNECTOR_MODELS as _CONNECTOR_MODELS

    __all__ += list(_CONNECTOR_MODELS)
    __getattr__, __dir__ = _late(__name__, _CONNECTOR_MODELS)
