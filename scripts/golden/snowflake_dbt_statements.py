"""Record the statements that the real dbt-snowflake sends for a small project, node by node.

usage: V/bin/python scripts/golden/snowflake_dbt_statements.py <dbt executable>

V is the environment that scripts/golden/snowflake_emulator.py asks for; the dbt executable needs dbt-core and dbt-snowflake, whose versions stand in the
file. Writes test/golden/snowflake/dbt-statements.json: the project's files, and for each node what it sent of a first build but questions about the catalog.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "test/golden/snowflake/dbt-statements.json"
FILES = {
    "dbt_project.yml": "name: shop\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n",
    "seeds/countries.csv": "id,name\n1,Chile\n2,Peru\n",
    "models/stg.sql": "select id, name from {{ ref('countries') }}",
    "models/plain.sql": "{{ config(materialized='table', cluster_by=['id', 'name'], automatic_clustering=true) }}\nselect id, name from {{ ref('stg') }}",
    "models/lasting.sql": "{{ config(materialized='table', transient=false, copy_grants=true) }}\nselect 1 as id",
    "models/secured.sql": "{{ config(materialized='view', secure=true, copy_grants=true) }}\nselect id from {{ ref('stg') }}",
    "models/merged.sql": "{{ config(materialized='incremental', unique_key='id') }}\nselect id from {{ ref('stg') }}",
    "models/held.sql": "{{ config(materialized='table', contract={'enforced': true}) }}\nselect cast(id as number(38,0)) as id from {{ ref('stg') }}",
    "models/fresh.sql": "{{ config(materialized='dynamic_table', target_lag='1 hour', snowflake_warehouse='wh', refresh_mode='FULL', initialize='ON_CREATE') }}\nselect id from {{ ref('countries') }}",
    "models/schema.yml": 'models: [{name: held, columns: [{name: id, data_type: "number(38,0)", constraints: [{type: not_null}]}]}]\n',
}
ASKED = re.compile(r"\s*(show|describe|select|with)\b", re.I)


def main(dbt):
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        raw = Path(folder) / "raw.jsonl"
        emulator = subprocess.Popen([sys.executable, str(ROOT / "scripts/golden/snowflake_emulator.py"), str(port), str(raw)])
        try:
            project = Path(folder) / "shop"
            target = {"type": "snowflake", "account": "fakesnow", "user": "fake", "password": "secret", "database": "SHOP"}
            target |= {"schema": "dev", "warehouse": "wh", "threads": 1, "host": "127.0.0.1", "port": port, "protocol": "http"}
            profile = {"shop": {"target": "dev", "outputs": {"dev": target}}}
            for name, text in {**FILES, "profiles.yml": json.dumps(profile)}.items():
                path = project / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf8")
            time.sleep(5)
            subprocess.run([dbt, "build", "--profiles-dir", "."], cwd=project, check=True)
            said = subprocess.run([dbt, "--version"], cwd=project, capture_output=True, text=True).stdout
        finally:
            emulator.terminate()
            emulator.wait()
        statements = {}
        for line in raw.read_text(encoding="utf8").splitlines():
            sql = json.loads(line)["sql"] or ""
            node = re.search(r'"node_id": "(?:model|seed)\.shop\.(\w+)"', sql)
            text = re.sub(r"/\*.*?\*/", "", sql, flags=re.S).strip().rstrip(";").strip()
            if node and text and not ASKED.match(text):
                statements.setdefault(node[1], []).append(text)
    versions = dict(re.findall(r"(installed|snowflake):\s+([\d.]+)", said))
    header = {"recorded_by": "scripts/golden/snowflake_dbt_statements.py", "dbt-core": versions.get("installed"), "dbt-snowflake": versions.get("snowflake")}
    OUT.write_text(json.dumps({"header": header, "files": FILES, "statements": statements}, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main(sys.argv[1])
