"""Records the schema of a ScaledObject as KEDA (Apache-2.0) publishes it, from the definition of that resource in a checkout of KEDA.

    python3 scripts/golden/keda_schema.py keda/config/crd/bases/keda.sh_scaledobjects.yaml > test/golden/kubernetes/scaled-object.schema.json

Needs PyYAML. Descriptions are left out, and keys that the schema does not name are refused.
"""

import json
import sys

import yaml

KEPT = {"type", "enum", "items", "properties", "required", "additionalProperties", "anyOf", "pattern"}


def recorded(schema):
    kept = {key: value for key, value in schema.items() if key in KEPT}
    if "properties" in kept:
        kept["properties"] = {key: recorded(value) for key, value in kept["properties"].items()}
        kept["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(kept.get(key), dict):
            kept[key] = recorded(kept[key])
    return kept


with open(sys.argv[1]) as file:
    (version,) = [one for one in yaml.safe_load(file)["spec"]["versions"] if one["name"] == "v1alpha1"]
schema = recorded(version["schema"]["openAPIV3Schema"])
# Every object may have these.
schema["properties"]["metadata"] = {"type": "object"}
print(json.dumps({"$comment": "KEDA (Apache-2.0), recorded by scripts/golden/keda_schema.py", **schema}, indent=1))
