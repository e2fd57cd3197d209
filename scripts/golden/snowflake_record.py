"""Record what Snowflake answers the tests: runs each of them against the emulator, and writes test/golden/snowflake/<name>.jsonl.

usage: V/bin/python scripts/golden/snowflake_record.py [name ...]

V is the environment that scripts/golden/snowflake_emulator.py asks for. Each line is one answer: the database of the session, the
statement, and the answer as the driver reads it; equal answers of one database to one statement that follow each other stand there once, with how many they were.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "test/golden/snowflake"
SPECS = {
    "warehouse": "test/warehouse/snowflake.spec.ts",
    "dbt": "test/transform/snowflake.spec.ts",
    "destination": "test/extract-load/snowflake-destination.spec.ts",
    "source": "test/extract-load/snowflake-source.spec.ts",
}
KEPT = ["rowtype", "rowset", "total", "returned", "statementTypeId", "errorCode", "sqlState"]
UPLOAD = ["stageInfo", "src_locations", "parallel", "autoCompress", "sourceCompression", "overwrite", "command"]
COLUMN = ["name", "type", "nullable", "precision", "scale", "length"]


def packed(entry):
    answer = entry["answer"]
    data = answer.get("data") or {}
    kept = {key: data[key] for key in KEPT + UPLOAD if data.get(key) is not None}
    if "rowtype" in kept:
        kept["rowtype"] = [{key: c[key] for key in COLUMN if c.get(key) is not None} for c in kept["rowtype"]]
    if "stageInfo" in kept:
        kept["stageInfo"] = {**kept["stageInfo"], "location": "", "creds": {}}
        kept["src_locations"] = []
    short = {"data": kept, "success": answer.get("success", False)}
    for key in ("code", "message"):
        if answer.get(key) is not None:
            short[key] = answer[key]
    return {"database": entry["database"], "sql": entry["sql"], "answer": short}


def record(name, spec):
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.jsonl"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        emulator = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts/golden/snowflake_emulator.py"), str(port), str(raw)]
        )
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.2)
            environment = {**os.environ, "MILLRACE_TEST_SNOWFLAKE_URL": f"http://127.0.0.1:{port}"}
            done = subprocess.run(["npx", "vitest", "run", spec], cwd=ROOT, env=environment)
        finally:
            emulator.terminate()
            emulator.wait()
        if done.returncode != 0:
            print(f"{name}: the tests failed; the recording is written nevertheless", file=sys.stderr)
        header = {"recorded_by": "scripts/golden/snowflake_record.py", "oracle": f"fakesnow {version('fakesnow')}"}
        lines = [{"header": header}]
        last = {}
        for text in raw.read_text(encoding="utf8").splitlines():
            entry = packed(json.loads(text))
            key = (entry["database"], entry["sql"])
            if key in last and last[key]["answer"] == entry["answer"]:
                last[key]["times"] = last[key].get("times", 1) + 1
                continue
            last[key] = entry
            lines.append(entry)
        OUT.mkdir(parents=True, exist_ok=True)
        with open(OUT / f"{name}.jsonl", "w", encoding="utf8") as file:
            for line in lines:
                file.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")
        return done.returncode


if __name__ == "__main__":
    sys.exit(max(record(name, SPECS[name]) for name in sys.argv[1:] or SPECS))
