#!/usr/bin/env python3
"""Differential oracle for Airbyte low-code connectors (see README.md).

  oracle.py record  SCENARIO...               run the CDK, write golden.json
  oracle.py verify  SCENARIO...  [--times N]  run the CDK N times, compare with golden.json
  oracle.py compare SCENARIO... --exec 'CMD'  run another implementation with the same command line
  oracle.py alternate SCENARIO... --exec 'CMD'  each goes on from the states of the other, both ways round
"""
from __future__ import annotations

import argparse, base64, gzip, io, json, os, re, shlex, subprocess, sys, tempfile, threading, zipfile
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

HERE = Path(__file__).resolve().parent
FORMAT = 1
BASE = "{{base_url}}"  # placeholder in scenario files and in golden files
# Everything a client library sets by itself; all other headers are part of the golden.
DROP_HEADERS = {"host", "connection", "accept-encoding", "user-agent", "content-length", "transfer-encoding"}
DROP_DEFAULTS = {("accept-language", "*"), ("sec-fetch-mode", "cors")}  # what Node's fetch adds


def canon(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def pretty(value, indent=0, width=150):
    """JSON with sorted keys in which whatever fits in a line has one line."""
    line = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if indent + len(line) <= width or not isinstance(value, (dict, list)) or not value:
        return line
    pad = " " * (indent + 1)
    if isinstance(value, list):
        items = [pad + pretty(v, indent + 1, width) for v in value]
    else:
        items = [f"{pad}{json.dumps(k, ensure_ascii=False)}: {pretty(value[k], indent + 1, width)}" for k in sorted(value)]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return opening + "\n" + ",\n".join(items) + "\n" + " " * indent + closing


def fill(value, base_url):
    if isinstance(value, str):
        return value.replace(BASE, base_url)
    if isinstance(value, list):
        return [fill(v, base_url) for v in value]
    if isinstance(value, dict):
        return {fill(k, base_url): fill(v, base_url) for k, v in value.items()}
    return value


# ---------------------------------------------------------------- scripted server
class Script:
    """Routes are tried in order; the first that matches answers. A route's responses are used in
    order and the last one repeats, unless "then": "next" (the route is skipped once used up)."""

    def __init__(self, spec, step):
        self.routes = [r for r in spec["routes"] if "step" not in r or step in (r["step"] if isinstance(r["step"], list) else [r["step"]])]
        self.hits = [0] * len(self.routes)
        self.requests, self.unmatched = [], []
        self.lock = threading.Lock()

    @staticmethod
    def _subset(want, have):
        if isinstance(want, dict):
            return isinstance(have, dict) and all(k in have and Script._subset(v, have[k]) for k, v in want.items())
        return want == have

    def matches(self, route, req):
        if route.get("method", "GET") != req["method"]:
            return False
        if "path" in route and route["path"] != req["path"]:
            return False
        if "path_re" in route and not re.fullmatch(route["path_re"], req["path"]):
            return False
        query = dict(req["query"])
        if any(query.get(k) != str(v) for k, v in route.get("query", {}).items()):
            return False
        if any(k in query for k in route.get("query_absent", [])):
            return False
        if any(req["headers"].get(k.lower()) != v for k, v in route.get("headers", {}).items()):
            return False
        return "body" not in route or self._subset(route["body"], req["body"])

    def answer(self, req):
        with self.lock:
            self.requests.append(req)
            for i, route in enumerate(self.routes):
                if not self.matches(route, req):
                    continue
                answers = route["responses"]
                if route.get("then") == "next" and self.hits[i] >= len(answers):
                    continue
                response = answers[min(self.hits[i], len(answers) - 1)]
                self.hits[i] += 1
                return response
            self.unmatched.append(f"{req['method']} {req['target']} body={canon(req['body'])}")
            return {"status": 418, "json": {"error": "no route in responses.json"}}


def body_bytes(response, base_url):
    if "json" in response:
        data = json.dumps(fill(response["json"], base_url), ensure_ascii=False).encode()
        kind = "application/json"
    elif "jsonl" in response:
        data = "".join(json.dumps(fill(r, base_url)) + "\n" for r in response["jsonl"]).encode()
        kind = "application/x-ndjson"
    elif "base64" in response:
        data, kind = base64.b64decode(response["base64"]), "application/octet-stream"
    else:
        data, kind = fill(response.get("text", ""), base_url).encode(response.get("encoding", "utf-8")), "text/plain"
    if response.get("gzip"):  # compressed file; not a content encoding unless the headers say so
        data = gzip.compress(data, mtime=0)
    if response.get("zip"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr(zipfile.ZipInfo(response["zip"], (2020, 1, 1, 0, 0, 0)), data)
        data = out.getvalue()
    return data, kind


def make_handler(holder):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self):
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length) if length else b""
            parts = urlsplit(self.path)
            ctype = (self.headers.get("Content-Type") or "").split(";")[0].strip().lower()
            text = raw.decode("utf-8", "replace")
            body = text or None
            if raw and ctype == "application/json":
                try:
                    body = json.loads(text)
                except ValueError:
                    pass
            elif raw and ctype == "application/x-www-form-urlencoded":
                body = {"form": [list(pair) for pair in sorted(parse_qsl(text, keep_blank_values=True))]}
            req = {
                "method": self.command,
                "path": parts.path,
                "target": self.path,
                "query": parse_qsl(parts.query, keep_blank_values=True),
                "headers": {k.lower(): v for k, v in self.headers.items() if k.lower() not in DROP_HEADERS and (k.lower(), v) not in DROP_DEFAULTS},
                "body": body,
            }
            script, base_url = holder["script"], holder["base_url"]
            response = script.answer(req)
            data, kind = body_bytes(response, base_url)
            headers = {k.lower(): str(v) for k, v in fill(response.get("headers", {}), base_url).items()}
            self.send_response_only(response.get("status", 200))
            raw_headers = fill(response.get("raw_headers", {}), base_url)
            if not any(name.lower() == "content-type" for name in raw_headers):
                headers.setdefault("content-type", kind)
            headers.update(raw_headers)
            headers["content-length"] = str(len(data))
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

        def log_message(self, *args):
            pass

    return Handler


class Server:
    def __enter__(self):
        self.holder = {}
        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(self.holder))
        self.httpd.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self.httpd.server_address[1]}"
        self.holder["base_url"] = self.base_url
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self.httpd.shutdown()
        self.httpd.server_close()


# ---------------------------------------------------------------- running one step
def normalise(value, base_url, tmp):
    """Undo everything that differs from run to run: port, temporary paths, object addresses."""
    if isinstance(value, str):
        value = value.replace(base_url, BASE).replace(base_url.split("//")[1], "{{host}}").replace(str(tmp), "{{tmp}}")
        value = re.sub(r"port=%s\b" % base_url.rsplit(":", 1)[1], "port={{port}}", value)
        value = re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "{{uuid}}", value)
        return re.sub(r"0x[0-9a-f]{6,}", "0x", value)
    if isinstance(value, list):
        return [normalise(v, base_url, tmp) for v in value]
    if isinstance(value, dict):
        return {normalise(k, base_url, tmp): normalise(v, base_url, tmp) for k, v in value.items()}
    return value


def clip(step, limit=400):
    """Error texts can hold a whole config: keep their beginning."""
    for error in step.get("errors", []):
        for key in ("message", "internal_message"):
            if error.get(key) and len(error[key]) > limit:
                error[key] = error[key][:limit] + "…"
    return step


def without_signatures(value):
    """Signatures that no two calls make alike count by their length; whose they are, scenarios.spec.ts verifies."""
    if isinstance(value, str):
        return re.sub(r"(eyJ[\w-]+\.eyJ[\w-]+)\.([\w-]+)", lambda found: f"{found[1]}.{{{{signature of {len(found[2]) * 3 // 4} bytes}}}}", value)
    if isinstance(value, list):
        return [without_signatures(v) for v in value]
    if isinstance(value, dict):
        return {k: without_signatures(v) for k, v in value.items()}
    return value


def plain_numbers(value):
    """1.0 -> 1, for comparing: JSON does not tell them apart, JavaScript cannot."""
    if isinstance(value, float) and abs(value) < 2**53 and value == int(value):
        return int(value)
    if isinstance(value, list):
        return [plain_numbers(v) for v in value]
    if isinstance(value, dict):
        return {k: plain_numbers(v) for k, v in value.items()}
    return value


def exception_class(stack):
    last = ""
    for line in (stack or "").strip().splitlines():
        found = re.match(r"^([A-Za-z_][\w.]*(?:Error|Exception|Violation|Hit|Required|Limit\w*))\b", line)
        if found:
            last = found.group(1).rsplit(".", 1)[-1]
    return last


def summarise(command, lines, exit_code, script, sleeps, scenario):
    out = {"exit_code": exit_code}
    streams, errors, controls, junk = {}, [], [], []

    def stream(name):
        return streams.setdefault(name, {"statuses": [], "records": [], "states": []})

    for line in lines:
        try:
            message = json.loads(line)
        except ValueError:
            junk.append(line)
            continue
        kind = message.get("type")
        if kind == "RECORD":
            stream(message["record"]["stream"])["records"].append(message["record"]["data"])
            file = message["record"].get("file_reference")
            if file:
                kept = stream(message["record"]["stream"]).setdefault("files", [])
                kept.append([file["source_file_relative_path"], file["file_size_bytes"]])
        elif kind == "STATE":
            state = message["state"]
            if state.get("type", "STREAM") == "STREAM":
                entry = stream(state["stream"]["stream_descriptor"]["name"])
                entry["states"].append(state["stream"].get("stream_state"))
                entry["counted"] = entry.get("counted", 0) + (state.get("sourceStats") or {}).get("recordCount", 0)
            else:
                out["state_" + str(state.get("type")).lower()] = state
        elif kind == "TRACE":
            trace = message["trace"]
            if trace["type"] == "STREAM_STATUS":
                status = trace["stream_status"]
                reasons = [r["type"] for r in status.get("reasons") or []]
                stream(status["stream_descriptor"]["name"])["statuses"].append(":".join([status["status"], *reasons]))
            elif trace["type"] == "ERROR":
                error = trace["error"]
                errors.append({
                    "stream": (error.get("stream_descriptor") or {}).get("name"),
                    "failure_type": error.get("failure_type"),
                    "message": error.get("message"),
                    "internal_message": error.get("internal_message"),
                    "exception": exception_class(error.get("stack_trace")),
                })
        elif kind == "CONTROL":
            control = message["control"]
            config = {k: v for k, v in ((control.get("connectorConfig") or {}).get("config") or {}).items() if k != "__injected_declarative_manifest"}
            controls.append({"type": control["type"], "config": config})
        elif kind == "CONNECTION_STATUS":
            out["connection_status"] = message["connectionStatus"]
        elif kind == "CATALOG":
            out["catalog"] = message["catalog"]
        elif kind == "SPEC":
            out["spec"] = message["spec"]
    in_order = set(scenario.get("ordered_streams", []))
    for name, entry in streams.items():
        if name not in in_order and "*" not in in_order:
            entry["records"].sort(key=canon)
        if "files" in entry:
            entry["files"].sort(key=canon)
        states = entry.pop("states")
        entry["record_count"] = len(entry["records"])
        entry["state"] = states[-1] if states else None
        if scenario.get("state_sequence"):
            entry["state_sequence"] = states
        entry["state_record_count"] = entry.pop("counted", None)
    if streams or command == "read":
        out["streams"] = streams
    out["errors"] = sorted(errors, key=canon)
    if controls:
        out["controls"] = controls
    if junk:
        out["non_protocol_output"] = sorted(junk)
    counted = Counter()
    for req in script.requests:
        req = dict(req, query=sorted(req["query"]))
        req["query"] = [f"{k}={v}" for k, v in req["query"]]
        counted[canon(req)] += 1
    out["requests"] = [dict(json.loads(k), count=n) for k, n in sorted(counted.items())]
    if script.unmatched:
        out["unmatched_requests"] = sorted(script.unmatched)
    ignored = tuple(scenario.get("ignore_sleeps_of", []))
    out["sleeps"] = sorted([[c.rsplit(".", 1)[-1], s] for c, s in sleeps if not (ignored and c.endswith(ignored))], key=canon)
    return out


def step_commands(scenario, commands):
    """Each step with the command that runs it. Of several, a step is run by the one after that of the step whose states it goes on
    from, and steps without such a neighbour are left out."""
    before = {step["id"]: step.get("state", "")[1:] for step in scenario["steps"] if step.get("state", "").startswith("@")}
    turns = {}
    for step in scenario["steps"]:
        ident = step["id"]
        turns[ident] = turns[before[ident]] + 1 if ident in before else 0
        if len(commands) == 1 or ident in before or ident in before.values():
            yield step, commands[turns[ident] % len(commands)]


def run_scenario(folder, *commands):
    folder = Path(folder)
    scenario = json.loads((folder / "scenario.json").read_text())
    script_spec = json.loads((folder / "responses.json").read_text())
    result, raw_states = {}, {}
    with Server() as server, tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp)
        for name in scenario.get("files", []):
            (tmp / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp / name).write_bytes((folder / name).read_bytes())
        for step, command_prefix in step_commands(scenario, commands):
            ident, command = step["id"], step["command"]
            manifest = tmp / step.get("manifest", "manifest.yaml")
            manifest.write_bytes((folder / manifest.name).read_bytes())
            config = fill(json.loads((folder / step.get("config", "config.json")).read_text()), server.base_url)
            config.update(fill(step.get("config_patch", {}), server.base_url))
            config["base_url"] = server.base_url
            paths = {"config": tmp / f"{ident}.config.json"}
            paths["config"].write_text(json.dumps(config))
            if command == "read":
                paths["catalog"] = tmp / f"{ident}.catalog.json"
                catalog = json.loads((folder / step.get("catalog", "configured_catalog.json")).read_text())
                if "streams" in step:
                    catalog["streams"] = [s for s in catalog["streams"] if s["stream"]["name"] in step["streams"]]
                paths["catalog"].write_text(json.dumps(catalog))
                state = step.get("state")
                if state:
                    data = raw_states[state[1:]] if state.startswith("@") else fill(json.loads((folder / state).read_text()), server.base_url)
                    paths["state"] = tmp / f"{ident}.state.json"
                    paths["state"].write_text(json.dumps(data))
            args = [command]
            for key, path in paths.items():
                args += ["--" + key, str(path)]
            args += ["--manifest-path", str(manifest)]
            script = Script(script_spec, ident)
            server.holder["script"] = script
            now = step.get("now", scenario["now"])
            sleep_log = tmp / f"{ident}.sleeps.json"
            env = dict(os.environ, TZ="UTC", PYTHONHASHSEED="0", ORACLE_NOW=now, ORACLE_SLEEP_LOG=str(sleep_log), DO_NOT_TRACK="1")
            env["AIRBYTE_STAGING_DIRECTORY"] = str(tmp / "files")
            (tmp / "files").mkdir(exist_ok=True)
            env.update(step.get("env", {}))
            cmd = [c.replace("{now}", now).replace("{sleeps}", str(sleep_log)) for c in command_prefix] + args
            proc = subprocess.run(cmd, env=env, cwd=tmp, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=scenario.get("timeout", 300))
            lines = [line for line in proc.stdout.split("\n") if line.strip()]
            if os.environ.get("ORACLE_RAW"):
                Path(os.environ["ORACLE_RAW"], f"{folder.name}.{ident}.txt").write_text(proc.stdout + "\n--- stderr\n" + proc.stderr)
            sleeps = json.loads(sleep_log.read_text()) if sleep_log.exists() else []
            # @id feeds the last STATE message of every stream into a later step, as the platform does
            last = {}
            for line in lines:
                if line.startswith('{"type":"STATE"') or '"type":"STATE"' in line[:40]:
                    message = json.loads(line)
                    if message["type"] == "STATE":
                        last[canon(message["state"].get("stream", {}).get("stream_descriptor"))] = {k: v for k, v in message["state"].items() if k in ("type", "stream", "global")}
            raw_states[ident] = list(last.values())
            result[ident] = clip(normalise(summarise(command, lines, proc.returncode, script, sleeps, scenario), server.base_url, tmp))
            if proc.returncode and not result[ident]["errors"] and "connection_status" not in result[ident]:
                result[ident]["stderr_tail"] = proc.stderr.strip().splitlines()[-1:]
    return scenario, result


def header(scenario, python):
    version = subprocess.run([python, "-c", "import importlib.metadata as m,platform;print(m.version('airbyte-cdk'),platform.python_version(),m.version('requests'),m.version('jinja2'),m.version('freezegun'))"], capture_output=True, text=True, check=True).stdout.split()
    return {
        "format": FORMAT,
        "oracle": "airbyte-cdk source-declarative-manifest",
        "oracle_version": version[0],
        "python": version[1],
        "requests": version[2],
        "jinja2": version[3],
        "freezegun": version[4],
        "now": scenario["now"],
        "clock": "frozen; time.sleep(n) advances it by n seconds",
    }


def differences(want, have, path=""):
    if path.endswith(("/requests", "/records", "/errors", "/sleeps")) and isinstance(want, list) and isinstance(have, list):
        if path.endswith("/records") and want != have and sorted(map(canon, want)) == sorted(map(canon, have)):
            yield f"{path}: same records in another order"
        left, right = Counter(map(canon, want)), Counter(map(canon, have))
        yield from (f"{path}: missing x{n} {k[:400]}" for k, n in (left - right).items())
        yield from (f"{path}: extra x{n} {k[:400]}" for k, n in (right - left).items())
        return
    if isinstance(want, dict) and isinstance(have, dict):
        for key in sorted(set(want) | set(have)):
            if key not in have:
                yield f"{path}/{key}: missing (golden {canon(want[key])[:200]})"
            elif key not in want:
                yield f"{path}/{key}: extra {canon(have[key])[:200]}"
            else:
                yield from differences(want[key], have[key], f"{path}/{key}")
    elif isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        for i, (a, b) in enumerate(zip(want, have)):
            yield from differences(a, b, f"{path}[{i}]")
    elif want != have or type(want) is not type(have) and {type(want), type(have)} != {int, float}:
        yield f"{path}: golden {canon(want)[:300]} got {canon(have)[:300]}"


def comparable(step):
    """What two implementations can have in common: no texts of errors, not who waited, no waits of no length."""
    for error in step.get("errors", []):
        for key in ("message", "internal_message", "exception"):
            error.pop(key, None)
    step.get("connection_status", {}).pop("message", None)
    step["sleeps"] = [seconds for _, seconds in step.get("sleeps", []) if seconds > 0.001]
    for key in ("stderr_tail", "non_protocol_output"):
        step.pop(key, None)
    if not step.get("streams"):
        step.pop("streams", None)


def forgive_untyped(want, have):
    """An error to which the CDK gives no failure_type may have any."""
    for ident, step in want.items():
        untyped = {error["stream"] for error in step.get("errors", []) if error["failure_type"] is None}
        for error in have.get(ident, {}).get("errors", []):
            if error["stream"] in untyped:
                error["failure_type"] = None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["record", "verify", "compare", "alternate", "show"])
    parser.add_argument("scenarios", nargs="+")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--python", default=os.environ.get("ORACLE_PYTHON", sys.executable))
    parser.add_argument("--exec", dest="command")
    parser.add_argument("--ignore", action="append", default=[], help="golden keys not compared, e.g. sleeps, errors.internal_message")
    parser.add_argument("--known", type=Path, help="JSON of 'SCENARIO STEP': why it differs; those steps are not compared")
    args = parser.parse_args()
    known = json.loads(args.known.read_text()) if args.known else {}
    child = [args.python, str(HERE / "_cdk_child.py"), "{now}", "{sleeps}"]
    failed = 0
    for folder in map(Path, args.scenarios):
        golden_path = folder / "golden.json"
        if args.mode in ("record", "show"):
            scenario, result = run_scenario(folder, child)
            golden = {"header": header(scenario, args.python), "steps": result}
            text = pretty(golden) + "\n"
            if args.mode == "show":
                print(text)
            else:
                golden_path.write_text(text)
            problems = [f"{k}: {u}" for k, r in result.items() for u in r.get("unmatched_requests", [])]
            print(f"{'recorded' if not problems else 'RECORDED WITH UNMATCHED REQUESTS'} {folder.name}: " + ", ".join(
                f"{k} exit={r['exit_code']} requests={sum(q['count'] for q in r['requests'])} records={sum(s['record_count'] for s in r.get('streams', {}).values())}" for k, r in result.items()), file=sys.stderr)
            for p in problems:
                print("   unmatched", p, file=sys.stderr)
            continue
        golden = json.loads(golden_path.read_text())
        other = shlex.split(args.command) if args.command else child
        turns = {"verify": [[child]], "compare": [[other]], "alternate": [[child, other], [other, child]]}[args.mode] * args.times
        compares = args.mode != "verify"
        for turn, commands in enumerate(turns):
            scenario, result = run_scenario(folder, *commands)
            want, have = plain_numbers(golden["steps"]), plain_numbers(json.loads(json.dumps(result)))
            if args.mode == "alternate":
                want = {ident: step for ident, step in want.items() if ident in have}
            for side in (want, have):
                for ident in [ident for ident in side if f"{folder.name} {ident}" in known]:
                    del side[ident]
                for step in side.values():
                    if compares:
                        comparable(step)
                        if scenario.get("ignore_sleeps_of"):
                            step.pop("sleeps")
                    for key in args.ignore:
                        top, _, sub = key.partition(".")
                        if not sub:
                            step.pop(top, None)
                        else:
                            for item in step.get(top, []):
                                item.pop(sub, None)
            if compares:
                forgive_untyped(want, have)
            if "public_keys" in scenario:
                want, have = without_signatures(want), without_signatures(have)
            found = list(differences(want, have))
            print(f"{'ok' if not found else 'DIFFERENT'} {folder.name} run {turn + 1}/{len(turns)}")
            for line in found[:40]:
                print("   ", line)
            failed += bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
