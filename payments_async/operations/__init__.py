"""The API's operations: one file per resource, one method per operation."""
