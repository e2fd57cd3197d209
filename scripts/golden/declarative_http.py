"""Records what the requesters and decoders of Airbyte's Python CDK send, wait for and read.

    python3 -m venv /tmp/venv-cdk && /tmp/venv-cdk/bin/pip install airbyte-cdk==7.39.1 freezegun
    PYTHONHASHSEED=0 /tmp/venv-cdk/bin/python scripts/golden/declarative_http.py

The cases stand beside the answers, one a line: test/golden/declarative-http/{requests,sending,decoders}.jsonl. Add a line without `answer`,
run the script, and look at what it wrote. The clock stands still but for the waits.
"""

import contextlib
import datetime
import io
import json
import logging
import os
import sys
import time
from importlib.metadata import version

import freezegun
import requests
import urllib3
from airbyte_cdk.sources.declarative.decoders.composite_raw_decoder import CompositeRawDecoder
from airbyte_cdk.sources.declarative.models import declarative_component_schema as models
from airbyte_cdk.sources.declarative.parsers.manifest_component_transformer import ManifestComponentTransformer
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils import AirbyteTracedException
from requests.structures import CaseInsensitiveDict

logging.disable(logging.CRITICAL)
folder = os.path.join(os.path.dirname(__file__), "../../test/golden/declarative-http")
freezegun.api.call_stack_inspection_limit = 1
freezegun.configure(extend_ignore_list=["queue", "threading", "concurrent", "urllib3"])
waits, sent, script, frozen = [], [], [], None
quiet = {"user-agent", "accept-encoding", "accept", "connection", "content-length"}


def sleep(seconds):
    # The limiter of the moving window spins at its edge: a moment passes.
    if seconds > 0.001:
        waits.append(round(float(seconds), 3))
    frozen.tick(datetime.timedelta(seconds=max(float(seconds), 0.001 if "call_rate" in sys._getframe(1).f_globals["__name__"] else 0)))


time.sleep = sleep


def answer_to(request):
    if "/login" in request.url:
        return {"json": {"data": {"token": f"tok{len(sent)}"}, "access_token": f"at{len(sent)}", "refresh_token": f"rt{len(sent)}", "expires_in": 3600}}
    return script.pop(0) if script else {"json": {"ok": 1}}


def send(_adapter, request, **_):
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    headers = sorted([name.lower(), value] for name, value in request.headers.items() if name.lower() not in quiet)
    sent.append([request.method, request.url, headers, body or ""])
    given = answer_to(request)
    if "fails" in given:
        raise getattr(requests.exceptions, given["fails"])("no answer")
    content = (given["text"] if "text" in given else json.dumps(given.get("json"))).encode(given.get("encoding", "utf-8"))
    response = requests.Response()
    response.status_code, response.url, response.request, response._content = given.get("status", 200), request.url, request, content
    response.headers = CaseInsensitiveDict({"content-type": "application/json", **given.get("headers", {})})
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    response.raw = urllib3.HTTPResponse(body=io.BytesIO(content), status=response.status_code, headers=dict(response.headers), preload_content=False, request_url=request.url)
    return response


requests.adapters.HTTPAdapter.send = send


def failure(error):
    if isinstance(error, AirbyteTracedException):
        return error.failure_type.value
    # Others are told as system errors; signals to the retriever are no failures.
    return type(error).__name__ if type(error).__name__.endswith(("RequiredException", "Exceeded")) else "system_error"


def sending(case):
    factory = ModelToComponentFactory(disable_cache=False)
    propagate = ManifestComponentTransformer().propagate_types_and_parameters
    config = json.loads(json.dumps(case.get("config", {})))
    printed = io.StringIO()
    answer = {}
    with contextlib.redirect_stdout(printed):
        try:
            if "budget" in case:
                factory.set_api_budget(propagate("", case["budget"], {}), config)
            requester = factory.create_component(models.HttpRequester, propagate("", case["definition"], {}), config, name="s")
            place = case.get("slice")
            place = place and StreamSlice(partition=place.get("partition", {}), cursor_slice=place.get("cursorSlice", {}), extra_fields=place.get("extraFields", {}))
            options = case.get("options", {})
            for _ in range(case.get("times", 1)):
                response = requester.send_request(
                    stream_slice=place,
                    next_page_token=case.get("token"),
                    path=case.get("path"),
                    request_params=options.get("params"),
                    request_headers=options.get("headers"),
                    request_body_data=options.get("bodyData"),
                    request_body_json=options.get("bodyJson"),
                )
            answer["ok"] = bool(response)
        except Exception as error:
            answer["failure"] = failure(error)
    messages = [json.loads(line) for line in printed.getvalue().split("\n") if line.startswith("{")]
    limited = sum(one["type"] == "TRACE" for one in messages)
    controls = [one["control"]["connectorConfig"]["config"] for one in messages if one["type"] == "CONTROL"]
    return {**answer, "sent": list(sent), "waits": list(waits), **({"limited": limited} if limited else {}), **({"controls": controls} if controls else {})}


def decoding(case):
    decoder = ModelToComponentFactory().create_component(getattr(models, case["definition"]["type"]), json.loads(json.dumps(case["definition"])), {})
    body = bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode()
    response = requests.Response()
    response.status_code, response.url = 200, "https://api.test/"
    response.headers = CaseInsensitiveDict(case.get("headers", {}))
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    response.request = requests.Request("GET", response.url).prepare()
    response.raw = urllib3.HTTPResponse(body=io.BytesIO(body), status=200, preload_content=False)
    try:
        return {"values": [{"null" if key is None else key: value for key, value in one.items()} if isinstance(one, dict) else one for one in decoder.decode(response)]}
    except Exception:
        return {"error": True}


for name, run in {"requests": sending, "sending": sending, "decoders": decoding}.items():
    path = os.path.join(folder, f"{name}.jsonl")
    cases = [json.loads(line) for line in open(path, encoding="utf-8").read().split("\n")[1:] if line]
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps({"oracle": f"airbyte-cdk {version('airbyte-cdk')}", "script": "scripts/golden/declarative_http.py"}) + "\n")
        for case in cases:
            case.pop("answer", None)
            waits.clear(), sent.clear(), script.clear()
            script.extend(case.get("script", []))
            with freezegun.freeze_time("2024-03-01T12:00:00Z") as frozen:
                case["answer"] = run(case)
            file.write(json.dumps(case, ensure_ascii=False) + "\n")
