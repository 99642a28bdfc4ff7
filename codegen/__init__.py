"""Writes `payments_async/models/generated/` from `openapi/payments.yaml`, or with `--check` only compares them.

load -> check -> prepare -> models_sources / operations_source -> files; what lies between reading and writing is pure.
"""
