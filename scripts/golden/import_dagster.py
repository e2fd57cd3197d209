"""Record what a real Dagster answers to `millrace import dagster`.

usage: npm run build && python scripts/golden/import_dagster.py
       (with the packages dagster, dagster-webserver, dagster-dbt, dagster-airbyte and dbt-duckdb)

Starts the webserver on test/golden/import-dagster/project, lets the built command ask it through a proxy that listens, and writes
test/golden/import-dagster/answers.json: each question by its operation and variables, with the answer. The versions stand in the file.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test/golden/import-dagster"
BIN = Path(sys.executable).parent
DAGSTER_YAML = """
telemetry: { enabled: false }
concurrency:
  pools: { default_limit: 3 }
  runs: { max_concurrent_runs: 6, tag_concurrency_limits: [{ key: team, value: a, limit: 1 }] }
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Recorder(BaseHTTPRequestHandler):
    behind = ""
    answers = []
    date = ""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        request = urllib.request.Request(self.behind + self.path, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request) as response:
            answer, Recorder.date = response.read(), response.headers["date"]
        question = json.loads(body)
        self.answers.append(
            {"operation": question["operationName"], "variables": question["variables"], "answer": json.loads(answer)}
        )
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copytree(GOLDEN / "project", work / "dagster", ignore=shutil.ignore_patterns("target", "__pycache__"))
        home = work / "home"
        home.mkdir()
        (home / "dagster.yaml").write_text(DAGSTER_YAML)
        env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "DAGSTER_HOME": str(home), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}  # fmt: skip
        run = lambda cwd, *command: subprocess.run(command, cwd=cwd, env=env, check=True)
        run(work / "dagster/dbt", "dbt", "parse", "--profiles-dir", ".", "-q")
        # A window that was made tells when windows begin.
        run(work / "dagster", "dagster", "asset", "materialize", "-f", "definitions.py", "--select", "closing", "--partition", "2026-06-01")  # fmt: skip
        port = free_port()
        server = subprocess.Popen(["dagster-webserver", "-f", "definitions.py", "-h", "127.0.0.1", "-p", str(port)], cwd=work / "dagster", env=env)  # fmt: skip
        Recorder.behind = f"http://127.0.0.1:{port}"
        proxy = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            for _ in range(120):
                try:
                    urllib.request.urlopen(f"{Recorder.behind}/server_info").read()
                    break
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.5)
            project = work / "project"
            millrace = ["node", str(ROOT / "dist/cli/main.js")]
            run(work, *millrace, "init", str(project), "--empty")
            run(project, *millrace, "import", "dagster", "--url", f"http://127.0.0.1:{proxy.server_port}")
        finally:
            server.terminate()
            server.wait()
            proxy.shutdown()
    packages = ["dagster", "dagster-webserver", "dagster-dbt", "dagster-airbyte", "dbt-core"]
    # Where the project lay is nobody's business.
    said = json.dumps(Recorder.answers, indent=1).replace(folder, "/project")
    text = {"oracle": {name: version(name) for name in packages}, "script": "scripts/golden/import_dagster.py", "date": Recorder.date, "answers": json.loads(said)}  # fmt: skip
    (GOLDEN / "answers.json").write_text(json.dumps(text, indent=1) + "\n")


main()
