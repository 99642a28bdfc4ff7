# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""The part of the API's data that belongs to single connectors."""

__all__ = []
