"""Lets the hook and the operator of Airflow's provider sync a connection of a running `millrace up`.

    python airflow.py http://127.0.0.1:8000 [--connection incoming] [--token-name ci --token mr_…]
"""

import argparse
import json
import os
import tempfile
import urllib.request

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("--connection", default="incoming")
parser.add_argument("--token-name", default="open")
parser.add_argument("--token", default="open")
args = parser.parse_args()

# Airflow reads both when it is imported.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp()
os.environ["AIRFLOW_CONN_AIRBYTE_DEFAULT"] = json.dumps(
    {
        "conn_type": "airbyte",
        "host": f"{args.url}/api/public/v1/",
        "login": args.token_name,
        "password": args.token,
        "extra": {"token_url": "v1/applications/token"},
    }
)
from airflow.providers.airbyte.hooks.airbyte import AirbyteHook  # noqa: E402
from airflow.providers.airbyte.operators.airbyte import AirbyteTriggerSyncOperator  # noqa: E402

request = urllib.request.Request(
    f"{args.url}/api/public/v1/connections?limit=100",
    headers={"authorization": f"Bearer {args.token}"} if args.token != "open" else {},
)
with urllib.request.urlopen(request) as answer:
    connection = next(one["connectionId"] for one in json.load(answer)["data"] if one["name"] == args.connection)

hook = AirbyteHook()
works, said = hook.test_connection()
assert works, said
job = hook.submit_sync_connection(connection_id=connection)
hook.wait_for_job(job_id=job.job_id, wait_seconds=1, timeout=300)
print("hook:    ", job.job_id, hook.get_job_status(job.job_id).value)
operator = AirbyteTriggerSyncOperator(task_id="sync", connection_id=connection, wait_seconds=1, timeout=300, asynchronous=False)
print("operator:", operator.execute(context={}), "succeeded")
job = hook.submit_sync_connection(connection_id=connection)
hook.cancel_job(job.job_id)
print("cancel:  ", job.job_id, "asked for")
