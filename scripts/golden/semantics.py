"""Record what the real dbt makes of a project with a semantic layer, and what it says of broken ones.

usage: python scripts/golden/semantics.py

Reads test/golden/dbt-semantics/project and edits.json (what is replaced by what in models/m.yml), writes answers.json beside them:
semantic_manifest.json, the semantic layer of manifest.json, and for each edit the messages of dbt's validation. Needs dbt-core and
dbt-duckdb in the Python that runs it; their version stands in the file.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from dbt.cli.main import dbtRunner

FOLDER = Path(__file__).resolve().parents[2] / "test/golden/dbt-semantics"
# dbt takes every module whose name begins with dbt_ for a plugin, and our scripts for such.
sys.path.pop(0)
os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
SECTIONS = ["semantic_models", "metrics", "saved_queries", "exposures"]


def parse(project):
    """All that dbt's validation says; the other events are not of interest."""
    issues = []

    def hear(event):
        if event.info.name == "SemanticValidationFailure":
            # What follows the first line is Python's trace.
            issues.append(event.data.msg.splitlines()[0])

    args = ["parse", "--no-partial-parse", "--quiet", "--project-dir", str(project), "--profiles-dir", str(project)]
    result = dbtRunner(callbacks=[hear]).invoke(args)
    return issues, result.exception


def without_time(value):
    return {key: item for key, item in value.items() if key != "created_at"}


def main():
    with tempfile.TemporaryDirectory() as temp:
        project = Path(temp) / "project"
        shutil.copytree(FOLDER / "project", project)
        os.chdir(project)
        parse(project)
        manifest = json.loads((project / "target/manifest.json").read_text())
        answers = {
            "dbt": manifest["metadata"]["dbt_version"],
            "semantic_manifest": json.loads((project / "target/semantic_manifest.json").read_text()),
            "manifest": {
                section: {key: without_time(one) for key, one in manifest[section].items()} for section in SECTIONS
            },
            "issues": [],
        }
        entries = project / "models/m.yml"
        text = entries.read_text()
        for old, new in json.loads((FOLDER / "edits.json").read_text()):
            assert old in text, old
            entries.write_text(text.replace(old, new))
            issues, failure = parse(project)
            answers["issues"].append(issues)
            print(old, "->", new, "\n  ", "\n   ".join(issues) or failure, flush=True)
        (FOLDER / "answers.json").write_text(json.dumps(answers, indent=1, sort_keys=True) + "\n")


main()
