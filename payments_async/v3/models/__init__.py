"""The API's data: classes, open enums and unions, generated from the description, and the enum they build on."""

from payments_async.models.open_enum import OpenEnum
from payments_async.v3.models.generated import connectors as _connectors
from payments_async.v3.models.generated import models as _models
from payments_async.v3.models.generated.connectors import *  # noqa: F403 - it lists its names
from payments_async.v3.models.generated.models import *  # noqa: F403 - it lists its names

__all__ = ["OpenEnum"]
__all__ += _models.__all__
__all__ += _connectors.__all__
