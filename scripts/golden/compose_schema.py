"""Records the schema of the Compose specification from the package check-jsonschema, which carries it.

    python3 -m venv /tmp/venv-compose && /tmp/venv-compose/bin/pip install check-jsonschema==0.39.0
    /tmp/venv-compose/bin/python scripts/golden/compose_schema.py > test/golden/compose/compose.schema.json

Descriptions are left out, and what a schema takes over from others (`allOf` with `unevaluatedProperties`) is written into it, which
more validators understand.
"""

import json
import os
from importlib.metadata import version

import check_jsonschema

path = os.path.join(os.path.dirname(check_jsonschema.__file__), "builtin_schemas", "vendor", "compose-spec.json")
with open(path) as file:
    schema = json.load(file)


def flattened(value):
    if isinstance(value, list):
        return [flattened(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "unevaluatedProperties" not in value:
        return {key: flattened(inner) for key, inner in value.items()}
    own = {key: inner for key, inner in value.items() if key not in ("allOf", "unevaluatedProperties")}
    for other in value.get("allOf", []):
        taken = flattened(schema["$defs"][other["$ref"].rsplit("/", 1)[1]])
        for key in ("properties", "patternProperties"):
            own[key] = {**taken.get(key, {}), **own.get(key, {})}
        own["required"] = [*taken.get("required", []), *own.get("required", [])]
    return {**flattened(own), "additionalProperties": value["unevaluatedProperties"]}


def recorded(value, is_named=False):
    """`is_named`: the keys of this object are names that the schema gives, and may be called `description`."""
    if isinstance(value, list):
        return [recorded(one) for one in value]
    if not isinstance(value, dict):
        return value
    names = ("properties", "patternProperties", "$defs", "definitions")
    return {
        key: recorded(inner, key in names and not is_named)
        for key, inner in value.items()
        if is_named or key not in ("description", "title", "examples", "$id")
    }


print(
    json.dumps(
        {
            "$comment": f"The Compose specification (Apache-2.0), by check-jsonschema {version('check-jsonschema')}; "
            "recorded by scripts/golden/compose_schema.py",
            **recorded(flattened(schema)),
        },
        indent=1,
    )
)
