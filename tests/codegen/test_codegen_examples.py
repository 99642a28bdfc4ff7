from codegen.description import Json
from codegen.examples import example, examples_source


def test_every_class_has_an_example_and_nothing_else_has(sources: dict[str, str], pristine: Json) -> None:
    made: dict[str, Json] = {}
    exec(sources["examples.py"], made)
    assert {"Pool", "PoolRequest", "StripeConfig", "TaskStripe"} <= set(made["EXAMPLES"])
    assert {"Connector", "ConnectorConfig", "PoolMetadata", "PoolsPage"}.isdisjoint(made["EXAMPLES"])
    assert sources["examples.py"].endswith(examples_source(pristine))


def test_an_example_is_that_of_the_schema_or_is_composed_of_its_parts(description: Json) -> None:
    schemas = description["components"]["schemas"]
    schemas["Kind"] = {"type": "string", "enum": ["UNKNOWN", "KNOWN"]}
    schemas["Whole"] = {
        "type": "object",
        "properties": {
            "said": {"type": "string", "example": "so"},
            "kind": {"$ref": "#/components/schemas/Kind"},
            "times": {"type": "array", "items": {"type": "string", "format": "date-time"}},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "preset": {"type": "string", "default": "2m"},
            "free": {},
        },
    }
    assert example(description, {"$ref": "#/components/schemas/Whole"}) == {
        "said": "so",
        "kind": "KNOWN",
        "times": ["2024-03-01T12:00:00Z"],
        "counts": {"key": 1},
        "preset": "2m",
        "free": {},
    }
    schemas["Whole"]["example"] = {"said": "all"}
    assert example(description, {"$ref": "#/components/schemas/Whole"}) == {"said": "all"}
