"""Record what the real dbt makes of a project: its manifest, reduced, and what its selectors select.

usage: python scripts/golden/dbt_manifest.py <dbt executable> [project ...]

For each project (default: every folder of test/golden/dbt/projects, and examples/flights) it writes
test/golden/dbt/<project>.json. Needs dbt-core and dbt-duckdb; see the version in the header of the files.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test/golden/dbt"
NODE_KEYS = [
    "name", "alias", "resource_type", "package_name", "path", "original_file_path", "fqn", "database", "schema",
    "relation_name", "description", "raw_code", "refs", "sources", "checksum", "patch_path", "docs", "group", "access",
    "version", "latest_version", "primary_key", "column_name", "attached_node", "test_metadata", "file_key_name",
    "doc_blocks", "index", "unrendered_config", "contract", "constraints",
]  # fmt: skip
SOURCE_KEYS = [
    "name", "source_name", "identifier", "database", "schema", "relation_name", "fqn", "description",
    "source_description", "loader", "loaded_at_field", "loaded_at_query", "freshness", "meta", "source_meta", "tags",
    "quoting", "config", "original_file_path", "path", "unrendered_config", "unrendered_database", "unrendered_schema",
]  # fmt: skip
COLUMN_KEYS = ["name", "description", "data_type", "meta", "tags", "quote", "constraints", "doc_blocks"]
OTHER_KEYS = [
    "name", "fqn", "path", "original_file_path", "depends_on", "description", "tags", "type", "owner", "label",
    "maturity", "url", "refs", "sources", "model", "given", "expect", "overrides", "version", "schema", "block_contents",
    "versions", "checksum", "unrendered_config",
]  # fmt: skip


def run(dbt, args, cwd):
    env = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1"}
    return subprocess.run([dbt, *args], cwd=cwd, env=env, capture_output=True, text=True)


def pick(value, keys):
    return {key: value[key] for key in keys if key in value}


def node_of(node):
    picked = pick(node, NODE_KEYS)
    picked["tags"] = sorted(node["tags"])
    picked["depends_on"] = {
        "nodes": sorted(node["depends_on"].get("nodes", [])),
        "macros": sorted(node["depends_on"].get("macros", [])),
    }
    picked["config"] = {**node["config"], "tags": sorted(set(node["config"]["tags"]))}
    picked["columns"] = {name: pick(column, COLUMN_KEYS) for name, column in node.get("columns", {}).items()}
    return picked


IGNORED = {"target", "logs", "dbt_packages"}


def fingerprint(source):
    """Changes when a file of the project does: a recording of other files proves nothing."""
    files = [path for path in source.rglob("*") if path.suffix in (".sql", ".yml", ".md", ".csv")]
    names = sorted(str(path.relative_to(source)) for path in files if not IGNORED & set(path.relative_to(source).parts))
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{name}\n".encode() + (source / name).read_bytes())
    return digest.hexdigest()


def record(dbt, project, source, selections):
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary) / project
        shutil.copytree(source, work, ignore=shutil.ignore_patterns("target", "logs", "dbt_packages", "*.duckdb"))
        if (work / "packages.yml").exists():
            run(dbt, ["deps"], work)
        parsed = run(dbt, ["parse"], work)
        if parsed.returncode != 0:
            raise SystemExit(parsed.stdout)
        manifest = json.loads((work / "target/manifest.json").read_text())
        selected = []
        for args in selections:
            listed = run(dbt, ["--quiet", "ls", "--output", "json", "--output-keys", "unique_id", *args], work)
            ids = re.findall(r'"unique_id": "([^"]+)"', listed.stdout)
            selected.append({"args": args, "ok": listed.returncode == 0, "ids": sorted(ids)})
        own = {name for name in [manifest["metadata"]["project_name"], *package_names(manifest)]}
        text = json.dumps(
            {
                "oracle": f"dbt Core {manifest['metadata']['dbt_version']}, scripts/golden/dbt_manifest.py",
                "fingerprint": fingerprint(source),
                "nodes": {key: node_of(node) for key, node in sorted(manifest["nodes"].items())},
                "sources": {key: pick(node, SOURCE_KEYS) for key, node in sorted(manifest["sources"].items())},
                **{
                    group: {key: pick(node, OTHER_KEYS) for key, node in sorted(manifest[group].items())}
                    for group in ["exposures", "unit_tests", "groups"]
                },
                "docs": {
                    key: pick(node, OTHER_KEYS)
                    for key, node in sorted(manifest["docs"].items())
                    if node["package_name"] in own
                },
                "macros": {
                    key: {
                        "depends_on": sorted(m for m in node["depends_on"]["macros"] if m.split(".")[1] in own),
                        "arguments": node["arguments"],
                        "description": node["description"],
                        "original_file_path": node["original_file_path"],
                    }
                    for key, node in sorted(manifest["macros"].items())
                    if node["package_name"] in own
                },
                "selectors": manifest["selectors"],
                "disabled": sorted(manifest["disabled"]),
                "parent_map": {key: sorted(value) for key, value in sorted(manifest["parent_map"].items())},
                "group_map": {key: sorted(value) for key, value in sorted(manifest["group_map"].items())},
                "selections": selected,
            },
            indent=1,
        )
        text = text.replace(str(work), "<project>")
        (GOLDEN / f"{project}.json").write_text(text + "\n")
        print(project, len(manifest["nodes"]), "nodes,", len(selected), "selections")


def package_names(manifest):
    return {node["package_name"] for node in manifest["nodes"].values()}


def main():
    dbt = sys.argv[1]
    wanted = sys.argv[2:]
    projects = {path.name: path for path in sorted((GOLDEN / "projects").iterdir()) if path.is_dir()}
    example = ROOT / "examples/flights/transformation/dbt"
    if example.exists():
        projects["flights"] = example
    for project, source in projects.items():
        if wanted and project not in wanted:
            continue
        selections = GOLDEN / f"{project}.selections.txt"
        lines = selections.read_text().splitlines() if selections.exists() else []
        record(dbt, project, source, [line.split("|") for line in lines if line and not line.startswith("#")])


main()
