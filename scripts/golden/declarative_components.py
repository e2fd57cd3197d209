"""Records what the components of Airbyte's Python CDK do with records, responses and pages.

    python3 -m venv /tmp/venv-cdk && /tmp/venv-cdk/bin/pip install airbyte-cdk==7.39.1
    PYTHONHASHSEED=0 /tmp/venv-cdk/bin/python scripts/golden/declarative_components.py

The cases stand beside the answers, one a line: test/golden/declarative-components/{transformations,selectors,retrievers,files,schemas}.jsonl. Add a line
without `answer`, run the script, and look at what it wrote.
"""

import copy
import io
import json
import logging
import os
import time
from importlib.metadata import version

import requests
import urllib3
from airbyte_cdk.sources.declarative.decoders import JsonDecoder
from airbyte_cdk.sources.declarative.models import declarative_component_schema as models
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.types import StreamSlice
from requests.structures import CaseInsensitiveDict

logging.disable(logging.CRITICAL)
folder = os.path.join(os.path.dirname(__file__), "../../test/golden/declarative-components")
waits, sent, script = [], [], []
time.sleep = waits.append


def build(definition, case, **given):
    model = getattr(models, definition["type"])
    return ModelToComponentFactory().create_component(model, copy.deepcopy(definition), case.get("config", {}), **given)


def slice_of(case):
    given = case.get("slice")
    return given and StreamSlice(partition=given.get("partition", {}), cursor_slice=given.get("cursorSlice", {}), extra_fields=given.get("extraFields", {}))


def response_of(answer, request=None):
    response = requests.Response()
    response.status_code = answer.get("status", 200)
    response._content = (answer["text"] if "text" in answer else json.dumps(answer.get("json"))).encode()
    response.headers = CaseInsensitiveDict(answer.get("headers", {}))
    response.encoding = "utf-8"
    if request is not None:
        response.request, response.url = request, request.url
        body = io.BytesIO(response._content)
        response.raw = urllib3.HTTPResponse(body=body, status=response.status_code, preload_content=False, request_url=request.url)
    return response


def send(_session, request, **_):
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    headers = {name: value for name, value in request.headers.items() if name.lower().startswith("x-")}
    sent.append({"url": request.url, "body": body, "headers": headers})
    return response_of(script.pop(0), request)


requests.Session.send = send


def transformed(case):
    records = copy.deepcopy(case["records"])
    transformation = build(case["definition"], case)
    for record in records:
        transformation.transform(record, config=case.get("config", {}), stream_state={}, stream_slice=slice_of(case))
    return {"records": records}


def selected(case):
    transformations = [build(definition, case) for definition in case.get("transformations", [])]
    selector = build(case["definition"], case, name="s", decoder=JsonDecoder(parameters={}), transformations=transformations)
    response = response_of(case["response"])
    found = selector.select_records(response, {}, case.get("schema", {"type": "object"}), slice_of(case))
    records = [copy.deepcopy(record.data) for record in found]
    return {"records": records, "extracted": response._airbyte_extracted_record_count}


def read(case):
    sent.clear()
    waits.clear()
    script[:] = copy.deepcopy(case["script"])
    records, error = [], False
    try:
        retriever = build(case["definition"], case, name="s", primary_key=None, transformations=[])
        for record in retriever.read_records({}, slice_of(case)):
            records.append(copy.deepcopy(record.data))
    except Exception:
        error = True
    return {"records": records, "requests": copy.deepcopy(sent), "waits": [wait for wait in waits if wait > 0], "error": error}


def file_read(case):
    response = response_of({})
    response._content = False
    response.raw = io.BytesIO(case["text"].encode())
    return {"records": list(build(case["definition"], case).extract_records(response))}


def schema(case):
    script[:] = copy.deepcopy(case["script"])
    return {"schema": build(case["definition"], case).get_json_schema()}


answers = [("transformations", transformed), ("selectors", selected), ("retrievers", read), ("files", file_read), ("schemas", schema)]
for name, answer in answers:
    path = os.path.join(folder, name + ".jsonl")
    with open(path) as file:
        cases = [json.loads(line) for line in file][1:]
    lines = [{"oracle": "airbyte-cdk " + version("airbyte-cdk"), "script": "scripts/golden/declarative_components.py"}]
    for case in cases:
        try:
            case["answer"] = answer(case)
        except Exception:
            case["answer"] = {"error": True}
        lines.append(case)
    with open(path, "w") as file:
        file.writelines(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n" for line in lines)
