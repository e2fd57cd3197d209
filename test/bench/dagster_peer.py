"""What a local Dagster takes.   usage: dagster_peer.py MODE ...      Prints one line of JSON; writes into the current folder only.

  serve ASSETS LAUNCHES IDLE   `dagster dev` with so many assets: until its page and its assets are served, runs of one asset,
                               memory of all of its processes so many seconds later
  models PROJECT               the same with the assets of a dbt project, as its documentation has it: `dagster dev` has dbt parse it first. Twice:
                               nothing parsed before, and once more
  partitions MADE              an asset of 100 000 hours, so many of them made: what its page asks for, the start of a backfill
  events URL RUNS              runs of one asset, one after the other in this process, with its storage in that PostgreSQL

dagster and dagster-webserver (dagster-dbt with dbt-duckdb, dagster-postgres) must be installed in this Python.
"""

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
import warnings

here = os.getcwd()
os.environ.update(DAGSTER_HOME=os.path.join(here, "home"), DAGSTER_DISABLE_TELEMETRY="1", PYTHONWARNINGS="ignore")
os.makedirs("home", exist_ok=True)

SERVE = """import dagster as dg
def make(i):
    @dg.asset(name=f"a{{i}}", deps=[f"a{{i-100}}"] if i >= 100 else [])
    def _asset(): return None
    return _asset
defs = dg.Definitions(assets=[make(i) for i in range({count})])
"""
MODELS = """import dagster as dg
from dagster_dbt import DbtProject, dbt_assets
project = DbtProject(project_dir={project!r}, profiles_dir={project!r})
project.prepare_if_dev()
@dbt_assets(manifest=project.manifest_path)
def models(context): yield from ()
defs = dg.Definitions(assets=[models])
"""
PARTITIONS = """import dagster as dg
hours = dg.HourlyPartitionsDefinition(start_date="2013-01-01-00:00", end_date="2024-06-01-00:00", timezone="Europe/Berlin")
@dg.asset(partitions_def=hours, backfill_policy=dg.BackfillPolicy.multi_run(1))
def a0(): return None
defs = dg.Definitions(assets=[a0])
"""


def keep_quiet():
    with open("home/dagster.yaml", "w") as file:
        file.write("telemetry:\n  enabled: false\n")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Dev:
    """`dagster dev` as installed: web server, daemon, code server."""

    def __init__(self, definitions):
        keep_quiet()
        with open("defs.py", "w") as file:
            file.write(definitions)
        self.port = free_port()
        self.started = time.time()
        dagster = os.path.join(os.path.dirname(sys.executable), "dagster")
        path = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
        self.process = subprocess.Popen(
            [dagster, "dev", "-f", "defs.py", "-p", str(self.port), "-h", "127.0.0.1"],
            stdout=open("dev.log", "w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PATH": path},
        )

    def wait(self, ask, seconds=400):
        while time.time() - self.started < seconds:
            try:
                found = ask()
                if found:
                    return found
            except Exception:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit("dagster dev did not answer:\n" + open("dev.log").read()[-3000:])

    def page(self):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5).status == 200

    def ask(self, query, variables=None):
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql", data=body, headers={"content-type": "application/json"}
        )
        answer = json.load(urllib.request.urlopen(request, timeout=300))
        if "errors" in answer:
            raise RuntimeError(str(answer["errors"])[:2000])
        return answer["data"]

    def served(self):
        """Seconds until the page and until the assets are there."""
        self.wait(self.page)
        page = time.time() - self.started
        nodes = self.wait(lambda: self.ask("{assetNodes{assetKey{path}}}")["assetNodes"])
        self.assets = [node["assetKey"]["path"] for node in nodes]
        return {"page": page, "assets": time.time() - self.started, "count": len(nodes)}

    def location(self):
        query = "{repositoriesOrError{... on RepositoryConnection{nodes{name location{name}}}}}"
        node = self.ask(query)["repositoriesOrError"]["nodes"][0]
        return {"repositoryName": node["name"], "repositoryLocationName": node["location"]["name"]}

    def memory(self):
        kilobytes, processes = 0, 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.getsid(int(pid)) != self.process.pid:
                    continue
                lines = open(f"/proc/{pid}/smaps_rollup").read().splitlines()
                kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
                processes += 1
            except OSError:
                pass
        return {"megabytes": kilobytes / 1024, "processes": processes}

    def stop(self):
        for sign in (signal.SIGINT, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass


LAUNCH = """mutation($p: ExecutionParams!) { launchPipelineExecution(executionParams: $p) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
RUN = """query($r: ID!) { runOrError(runId: $r) { ... on Run { status
  eventConnection(limit: 200) { events { ... on ExecutionStepStartEvent { timestamp } } } } } }"""


def launch(dev, location):
    """From the request to the end of the run, and to the start of its step; seconds."""
    requested = time.time()
    selector = {
        **location,
        "pipelineName": "__ASSET_JOB",
        "assetSelection": [{"path": dev.assets[0]}],
        "assetCheckSelection": [],
    }
    answer = dev.ask(LAUNCH, {"p": {"selector": selector, "runConfigData": {}, "mode": "default"}})
    run_id = answer["launchPipelineExecution"]["run"]["runId"]
    while True:
        run = dev.ask(RUN, {"r": run_id})["runOrError"]
        if run["status"] in ("SUCCESS", "FAILURE", "CANCELED"):
            break
        time.sleep(0.02)
    if run["status"] != "SUCCESS":
        raise SystemExit(f"the run ended as {run['status']}")
    started = next(float(e["timestamp"]) / 1000 for e in run["eventConnection"]["events"] if e.get("timestamp"))
    return time.time() - requested, started - requested


def serve(count, launches, idle):
    dev = Dev(SERVE.format(count=count))
    try:
        found = dev.served()
        location = dev.location() if launches else None
        times = [launch(dev, location) for _ in range(launches)]
        found["runs"] = [seconds for seconds, _ in times]
        found["starts"] = [seconds for _, seconds in times]
        if idle:
            time.sleep(idle)
            found.update(dev.memory())
        return found
    finally:
        dev.stop()


def models(project):
    shutil.rmtree(os.path.join(project, "target"), ignore_errors=True)

    def served():
        dev = Dev(MODELS.format(project=project))
        try:
            return dev.served()
        finally:
            dev.stop()

    return {"first": served(), "again": served()}


HEALTH = """query($k: AssetKeyInput!) { assetNodeOrError(assetKey: $k) { ... on AssetNode {
  partitionKeysByDimension { name type partitionKeys }
  assetPartitionStatuses { ... on TimePartitionStatuses { ranges { status startKey endKey } } } } } }"""
BACKFILL = """mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""


def partitions(made):
    import dagster as dg

    keep_quiet()
    hours = dg.HourlyPartitionsDefinition("2013-01-01-00:00", end_date="2024-06-01-00:00", timezone="Europe/Berlin")
    keys = hours.get_partition_keys()
    with dg.DagsterInstance.get() as instance:
        for key in keys[:made]:
            instance.report_runless_asset_event(dg.AssetMaterialization("a0", partition=key))
    dev = Dev(PARTITIONS)
    try:
        dev.served()
        asks = []
        for _ in range(3):
            started = time.time()
            node = dev.ask(HEALTH, {"k": {"path": ["a0"]}})["assetNodeOrError"]
            asks.append(time.time() - started)
        if len(node["partitionKeysByDimension"][0]["partitionKeys"]) != len(keys):
            raise SystemExit("not all partitions were answered")
        started = time.time()
        wanted = {"assetSelection": [{"path": ["a0"]}], "partitionNames": keys[made:], "title": "bench"}
        answer = dev.ask(BACKFILL, {"p": wanted})["launchPartitionBackfill"]
        if answer["__typename"] != "LaunchBackfillSuccess":
            raise SystemExit(str(answer)[:2000])
        return {"page": statistics.median(asks), "backfill": time.time() - started, "count": len(keys)}
    finally:
        dev.stop()


def events(url, runs):
    import dagster as dg

    with open("home/dagster.yaml", "w") as file:
        url = url.replace("postgresql://", "postgresql+psycopg2://")
        file.write(f"telemetry:\n  enabled: false\nstorage:\n  postgres:\n    postgres_url: {json.dumps(url)}\n")

    @dg.asset
    def a0():
        return None

    with dg.DagsterInstance.get() as instance:
        for _ in range(runs):
            if not dg.materialize([a0], instance=instance).success:
                raise SystemExit("a run failed")
    return {"runs": runs}


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    mode, *given = sys.argv[1:]
    modes = {
        "serve": lambda: serve(*map(int, given)),
        "models": lambda: models(*given),
        "partitions": lambda: partitions(*map(int, given)),
        "events": lambda: events(given[0], int(given[1])),
    }
    print("\n" + json.dumps(modes[mode]()))
