"""Record what Airbyte's CDK makes of the templates and times in test/golden/declarative-templates.

usage: python scripts/golden/declarative_templates.py

Needs airbyte-cdk and freezegun. Each line of the files but the first begins with what is asked; the rest of it is written anew.
"""

import importlib.metadata
import json
from pathlib import Path

from freezegun import freeze_time

from airbyte_cdk.sources.declarative.datetime.datetime_parser import DatetimeParser
from airbyte_cdk.sources.declarative.interpolation.interpolated_boolean import InterpolatedBoolean
from airbyte_cdk.sources.declarative.interpolation.interpolated_string import InterpolatedString
from airbyte_cdk.sources.types import StreamSlice

FOLDER = Path(__file__).resolve().parents[2] / "test/golden/declarative-templates"
ORACLE = f"airbyte-cdk {importlib.metadata.version('airbyte-cdk')}, scripts/golden/declarative_templates.py"


def shown(value):
    """What JSON tells apart as Python does; other types by their names."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, tuple):
        return {"tuple": [shown(item) for item in value]}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[key if isinstance(key, str) else json.dumps(key), shown(item)] for key, item in value.items()]}
    return {"other": type(value).__name__}


def answer(work):
    try:
        return shown(work())
    except Exception as error:  # noqa: BLE001 whatever it is, it fails
        return {"error": type(error).__name__}


def record(name, evaluate):
    path = FOLDER / name
    header, *lines = [json.loads(line) for line in path.read_text().splitlines()]
    header["oracle"] = ORACLE
    with freeze_time(header.get("now", "2024-01-01")):
        rows = [evaluate(header, *line) for line in lines]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [header, *rows])
    path.write_text(text)


def template(header, text, *_):
    values = dict(header["values"])
    part = header["slice"]
    values["stream_slice"] = StreamSlice(
        partition=part["partition"], cursor_slice=part["cursorSlice"], extra_fields=part["extraFields"]
    )
    config, parameters = header["config"], header["parameters"]
    value = answer(lambda: InterpolatedString.create(text, parameters=parameters).eval(config, **values))
    condition = answer(lambda: InterpolatedBoolean(condition=text, parameters=parameters).eval(config, **values))
    return [text, value, condition]


def moment(_, value, input_format, output_format, *__):
    parser = DatetimeParser()
    parsed = answer(lambda: parser.parse(value, input_format).isoformat())
    printed = answer(lambda: parser.format(parser.parse(value, input_format), output_format))
    return [value, input_format, output_format, parsed, printed]


record("templates.jsonl", template)
record("moments.jsonl", moment)
