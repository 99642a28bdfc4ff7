# Written by `python -m codegen` from openapi/payments.yaml. Do not edit: change the description and run it.

"""As generated: the models, to be imported from `payments_async.models`, and the operations."""
