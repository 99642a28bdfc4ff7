"""Writes the generated package of each description in `openapi/`; with `--check`, only compares it.

load -> check -> prepare -> models_sources / examples_source / filters_sources / operations_source -> files. All but the
first and the last step are pure functions.
"""
