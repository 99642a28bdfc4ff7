"""The operations of the API, one file per resource, one method per operation."""
