#!/usr/bin/env python3
"""unused_fields.py DIR: fields of Airbyte's schema, what may stand in them, and words of enumerations that no manifest below DIR has.

Run with the CDK's python. It reads manifests as the CDK does, with references and default types resolved. What has no `type` (TypesMap,
RequestBodyGraphQlQuery, ...) and what is called otherwise in a manifest (SessionTokenRequest...) is listed although it may be there.
"""
import sys
from pathlib import Path

from airbyte_cdk.sources.declarative.concurrent_declarative_source import get_declarative_component_schema
from airbyte_cdk.sources.declarative.parsers.manifest_component_transformer import ManifestComponentTransformer
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver
from airbyte_cdk.utils.yaml_loader import safe_load_yaml

KINDS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "dict": "object", "NoneType": "null"}


def kind_of(value):
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        return value["type"]
    return KINDS.get(type(value).__name__)


def note(node, used):
    """Notes (component, field, what stands in it), of lists for each of their items."""
    if isinstance(node, list):
        for item in node:
            note(item, used)
    elif isinstance(node, dict):
        for field, value in node.items():
            for item in value if isinstance(value, list) else [value]:
                used.add((kind_of(node), field, kind_of(item)))
                if isinstance(item, str):
                    used.add((kind_of(node), field, "=" + item))
            if field not in ("definitions", "$parameters"):
                note(value, used)


def alternatives(schema):
    if "$ref" in schema:
        yield schema["$ref"].rsplit("/", 1)[-1]
    for choice in ("anyOf", "oneOf"):
        for one in schema.get(choice, []):
            yield from alternatives(one)
    if schema.get("type") == "array":
        yield from alternatives(schema.get("items", {}))
    elif "enum" in schema:
        yield from ("=" + str(word) for word in schema["enum"])
    elif isinstance(schema.get("type"), str):
        yield schema["type"]


used = set()
for path in sorted(Path(sys.argv[1]).rglob("*.yaml")):
    try:
        manifest = ManifestReferenceResolver().preprocess_manifest({"type": "DeclarativeSource", **safe_load_yaml(path.read_text())})
        note(ManifestComponentTransformer().propagate_types_and_parameters("", manifest, {}), used)
    except Exception as error:
        print(f"{path} is passed over: {error.__class__.__name__}", file=sys.stderr)
fields = {(component, field) for component, field, _ in used}
for component, definition in get_declarative_component_schema()["definitions"].items():
    if component.startswith("Custom"):
        continue
    for field, schema in definition.get("properties", {}).items():
        if field in ("type", "$parameters") or not isinstance(schema, dict):
            continue
        wanted = [kind for kind in dict.fromkeys(alternatives(schema)) if not kind.startswith("Custom")]
        missing = [kind for kind in wanted if (component, field, kind) not in used]
        if (component, field) not in fields:
            print(f"{component}.{field}")
        elif missing and len(wanted) > 1:
            print(f"{component}.{field}: {', '.join(missing)}")
