"""The API's data: classes, open enums and unions, generated from the description, and the enum they build on."""

from payments_async.models.generated import models as _generated
from payments_async.models.generated.models import *  # noqa: F403 - it lists its names
from payments_async.models.open_enum import OpenEnum

__all__ = ["OpenEnum"]
__all__ += _generated.__all__
