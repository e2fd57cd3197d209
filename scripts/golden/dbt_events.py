"""Record which events the real dbt fires for some commands on a small project: names, codes, levels, keys of their data.

usage: python scripts/golden/dbt_events.py <dbt executable>

Writes test/golden/dbt-events/events.json: the project's files, and for each command every event once per level, with the keys
that its data has. Needs dbt-core and dbt-duckdb; their version stands in the file.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

OUT = Path(__file__).resolve().parents[2] / "test/golden/dbt-events/events.json"

FILES = {
    "dbt_project.yml": "name: shop\nprofile: shop\non-run-start: [\"select 1\"]\n",
    "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, schema: main, threads: 1}}}\n",
    "models/one.sql": "select 1 as id, 'a' as name",
    "models/two.sql": "{{ config(materialized='table') }}{{ log('seen', info=true) }}{{ print('shown') }}select * from {{ ref('one') }}",
    "models/broken.sql": "select * from nowhere_at_all",
    "models/after.sql": "select * from {{ ref('broken') }}",
    "models/schema.yml": """
groups: [{name: sales, owner: {name: Ada, email: ada@example.org}}]
models:
  - name: missing
  - name: broken
    config: {group: sales}
  - name: one
    columns:
      - name: id
        data_tests: [unique, {accepted_values: {arguments: {values: [2]}, config: {severity: warn}}}]
      - name: name
        data_tests: [{accepted_values: {arguments: {values: [b]}}}]
sources:
  - name: raw
    schema: main
    config: {freshness: {warn_after: {count: 1, period: day}}, loaded_at_field: "now()"}
    tables: [{name: one}]
""",
    "seeds/s.csv": "id,n\n1,2\n",
    "snapshots/sn.sql": "{% snapshot sn %}{{ config(unique_key='id', strategy='check', check_cols='all') }} select 1 as id, 2 as v{% endsnapshot %}",
    "macros/say.sql": "{% macro say() %}{{ log('said', info=true) }}{{ exceptions.warn('odd') }}{% endmacro %}",
}
COMMANDS = [
    "build", "run -s nothing_like_this", "ls -s one", "show -s one", "compile -s two", "source freshness", "docs generate",
    "run-operation say", "parse", "clean", "ls -m one", "run -s tag:x --warn-error",
]  # fmt: skip


def events_of(dbt, command, cwd):
    env = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_USE_COLORS": "false"}
    # What is read anew says the same every time.
    args = [dbt, *command.split(), "--no-partial-parse", "--log-format", "json", "--log-level", "debug"]
    run = subprocess.run(args, cwd=cwd, env=env, capture_output=True, text=True)
    seen = {}
    for line in run.stdout.splitlines():
        if not line.startswith("{"):
            continue
        event = json.loads(line)
        info = event["info"]
        keys = set(event["data"])
        entry = seen.setdefault((info["name"], info["level"]), {"code": info["code"], "keys": keys})
        entry["keys"] |= keys
    return {
        "exit": run.returncode,
        "events": [
            {"name": name, "level": level, "code": entry["code"], "keys": sorted(entry["keys"])}
            for (name, level), entry in sorted(seen.items())
        ],
    }


def main():
    dbt = sys.argv[1]
    version = subprocess.run([dbt, "--version"], capture_output=True, text=True).stdout.split("installed:")[1].split()[0]
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        recorded = {command: events_of(dbt, command, folder) for command in COMMANDS}
    header = {"recorded_by": "scripts/golden/dbt_events.py", "dbt": version}
    OUT.write_text(json.dumps({"header": header, "files": FILES, "commands": recorded}, indent=1) + "\n")


main()
