#!/usr/bin/env python3
"""scenarios_of_manifests.py MANIFESTS OUT: a scenario for each MANIFESTS/*.yaml that somebody else wrote, outside of the repository.

The manifests' hosts are replaced by the server of the oracle, which answers every request alike: with an object that has two records wherever
an extractor of the manifest looks for some, fields for its cursors, keys and parents, and a token. Streams that would page for ever with such
a server are left out. Run it with the CDK's python, then:

    ORACLE_PYTHON=... python3 oracle.py record OUT/*
    python3 oracle.py compare OUT/* --exec 'npx tsx test/conformance/declarative/run-manifest.ts'
"""
import copy
import datetime
import json
import re
import sys
from pathlib import Path

import yaml
from airbyte_cdk.sources.declarative.datetime.datetime_parser import DatetimeParser
from airbyte_cdk.sources.declarative.interpolation.interpolated_string import InterpolatedString
from airbyte_cdk.sources.declarative.parsers.manifest_component_transformer import ManifestComponentTransformer
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver

from load_manifests import custom_classes, sample

WHEN = datetime.datetime(2024, 3, 1, 10, 0, tzinfo=datetime.timezone.utc)
ADDRESSES = ("url", "url_base", "token_refresh_endpoint", "login_url", "path")
MOST_STREAMS = 14


def mappings(node):
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    for value in node if isinstance(node, list) else []:
        yield from mappings(value)


def on_our_server(text):
    return re.sub(r"https?://(?:\{\{.*?\}\}|[A-Za-z0-9.\-])+", "{{ config['base_url'] }}", text)


def pages_forever(stream):
    """Before a server that answers every request alike."""
    for node in mappings(stream):
        kind, value = node.get("type"), node.get("cursor_value", "")
        if kind in ("DynamicDeclarativeStream", "AsyncRetriever"):
            return True
        if kind in ("PageIncrement", "OffsetIncrement") and not node.get("page_size"):
            return True
        if kind == "CursorPagination" and re.search(r"\[-1\]|last\b|last_record", value):
            return True
        if kind == "CursorPagination" and not node.get("stop_condition") and not re.search("response|headers", value):
            return True
    return False


def fields_of(manifest, evaluate):
    fields = {"id": 1, "name": "n", "uuid": "u-1", "key": "K1"}
    for node in mappings(manifest):
        if node.get("type") == "DatetimeBasedCursor":
            form = (node.get("cursor_datetime_formats") or [node.get("datetime_format")])[0]
            value = DatetimeParser().format(WHEN, form)
            fields.setdefault(str(evaluate(node.get("cursor_field", ""), node)), int(value) if value.isdigit() else value)
        if isinstance(node.get("parent_key"), str):
            fields.setdefault(node["parent_key"].split(".")[0], 7)
    for stream in manifest.get("streams", []):
        key = stream.get("primary_key")
        for name in [key] if isinstance(key, str) else key or []:
            if isinstance(name, str) and name:
                fields.setdefault(name, 3)
    return fields


def put(document, path, records):
    """Puts records where a path leads, unless something else is there."""
    node = document
    for at, segment in enumerate(path):
        is_last = at == len(path) - 1
        if isinstance(node, list):
            if not node or not isinstance(node[0], dict):
                return
            node = node[0]
            if segment == "*":
                continue
        below = copy.deepcopy(records) if is_last else [{}] if path[at + 1] == "*" else {}
        node = node.setdefault("one" if segment == "*" else segment, below)
        if is_last or not isinstance(node, (dict, list)):
            return


def answer_of(manifest, evaluate):
    fields = fields_of(manifest, evaluate)
    records = [dict(fields), {**fields, "id": 2, "name": None}]
    document = {"access_token": "tok", "token_type": "bearer", "expires_in": 3600}
    extractors = [node for node in mappings(manifest) if node.get("type") == "DpathExtractor"]
    paths = [[str(evaluate(segment, node)) for segment in node["field_path"]] for node in extractors]
    for path in sorted(paths, key=len):
        if path:
            put(document, path[:-1] if path[-1] == "*" else path, records)
    return {**fields, **document}


def scenario_of(text):
    """Undefined for a manifest that is partly written in Python, or has no stream that can be read so."""
    manifest = yaml.safe_load(text)
    if custom_classes(manifest):
        return None
    spec = (manifest.get("spec") or {}).get("connection_specification") or {}
    config = sample(spec)
    for node in mappings(manifest):
        for name in ADDRESSES:
            if isinstance(node.get(name), str):
                node[name] = on_our_server(node[name])
    resolved = ManifestReferenceResolver().preprocess_manifest(copy.deepcopy(manifest))
    resolved = ManifestComponentTransformer().propagate_types_and_parameters("", resolved, {})

    def evaluate(template, node):
        try:
            return InterpolatedString.create(template, parameters=node.get("$parameters") or {}).eval(config)
        except Exception:
            return template

    streams = [s for s in resolved.get("streams", []) if s.get("type") == "DeclarativeStream" and not pages_forever(s)]
    if not streams:
        return None
    manifest.pop("api_budget", None)
    spec.pop("additionalProperties", None)
    answer = {"responses": [{"json": answer_of(resolved, evaluate)}], "path_re": ".*"}
    catalog = [
        {
            "stream": {"name": s["name"], "json_schema": {"type": "object"}, "supported_sync_modes": ["full_refresh", "incremental"]},
            "sync_mode": "incremental" if s.get("incremental_sync") else "full_refresh",
            "destination_sync_mode": "append",
        }
        for s in streams[:MOST_STREAMS]
    ]
    steps = [{"id": "read", "command": "read"}, {"id": "again", "command": "read", "state": "@read"}]
    return {
        "manifest.yaml": yaml.safe_dump(manifest, sort_keys=False, width=10000),
        "config.json": {**config, "base_url": "{{base_url}}"},
        "configured_catalog.json": {"streams": catalog},
        "scenario.json": {"now": "2024-03-15T12:00:00Z", "timeout": 60, "features": ["a manifest of somebody else"], "steps": steps},
        "responses.json": {"routes": [answer, {**answer, "method": "POST"}]},
    }


def main():
    source, out = map(Path, sys.argv[1:3])
    for file in sorted(source.glob("*.yaml")):
        try:
            scenario = scenario_of(file.read_text())
        except Exception as error:
            print(file.stem, "cannot be made one of:", error)
            continue
        if scenario is None:
            continue
        folder = out / file.stem
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in scenario.items():
            (folder / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
