"""Check artifacts against dbt's JSON schemas and load them with dbt's own classes.

usage: python scripts/golden/validate_artifacts.py <folder of dbt-core's schemas/dbt> <target folder> ...

Needs dbt-core and jsonschema. The schemas are dbt's files, so this is no test; docs/transform.md holds what it said.
"""

import json
import sys
from pathlib import Path

import jsonschema
from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.run import RunResultsArtifact
from dbt.contracts.graph.manifest import WritableManifest

SCHEMAS = {
    "manifest.json": ("manifest/v12.json", WritableManifest.read_and_check_versions),
    "run_results.json": ("run-results/v6.json", RunResultsArtifact.read_and_check_versions),
    "catalog.json": ("catalog/v1.json", CatalogArtifact.read_and_check_versions),
    "sources.json": ("sources/v3.json", None),
}


def main():
    schemas, *targets = sys.argv[1:]
    failed = False
    for target in targets:
        for name, (schema, load) in SCHEMAS.items():
            path = Path(target, name)
            if not path.exists():
                continue
            validator = jsonschema.Draft202012Validator(json.loads(Path(schemas, schema).read_text()))
            errors = list(validator.iter_errors(json.loads(path.read_text())))
            if load:
                load(str(path))
            failed = failed or bool(errors)
            print(path, "valid" if not errors else f"{len(errors)} errors", "and loaded" if load else "")
            for error in errors:
                print("   ", "/".join(map(str, error.absolute_path)), error.message[-160:])
    sys.exit(failed)


main()
