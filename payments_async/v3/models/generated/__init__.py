# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""As generated: the models, to be imported from `payments_async.v3.models`, and the operations."""

CONNECTOR_MODELS = ()
"""What `connectors` has, by name: to be known without loading it."""
