r"""Records the schemas of kinds of objects as Kubernetes publishes them, from the package kubernetes-validate, which carries them.

    python3 -m venv /tmp/venv-kubernetes && /tmp/venv-kubernetes/bin/pip install kubernetes-validate==1.37.0
    /tmp/venv-kubernetes/bin/python scripts/golden/kubernetes_schema.py batch.v1.Job > test/golden/kubernetes/job.schema.json
    /tmp/venv-kubernetes/bin/python scripts/golden/kubernetes_schema.py apps.v1.Deployment apps.v1.StatefulSet batch.v1.Job core.v1.ConfigMap \
        core.v1.Service core.v1.ServiceAccount networking.v1.Ingress networking.v1.NetworkPolicy policy.v1.PodDisruptionBudget \
        rbac.v1.Role rbac.v1.RoleBinding > test/golden/kubernetes/chart.schema.json

Descriptions are left out, and keys that the schema does not name are refused, as `kubectl apply --validate=strict` does.
"""

import json
import os
import sys
from importlib.metadata import version

import kubernetes_validate

KUBERNETES = "v1.37.0"
KINDS = [f"io.k8s.api.{name}" for name in sys.argv[1:]]
KEPT = {"type", "enum", "format", "items", "properties", "required", "additionalProperties", "oneOf"}

folder = os.path.join(os.path.dirname(kubernetes_validate.__file__), "kubernetes-json-schema", f"{KUBERNETES}-local")
with open(os.path.join(folder, "_definitions.json")) as file:
    definitions = json.load(file)["$defs"]
found = {}


def name_of(reference):
    return reference.rsplit("/", 1)[1]


def recorded(schema):
    if "$ref" in schema:
        collect(name_of(schema["$ref"]))
        return {"$ref": f"#/$defs/{name_of(schema['$ref'])}"}
    kept = {key: value for key, value in schema.items() if key in KEPT}
    # A key may be null where it may be left out: Millrace leaves it out.
    types = [one for one in kept["type"] if one != "null"] if isinstance(kept.get("type"), list) else []
    if types:
        kept["type"] = types[0] if len(types) == 1 else types
    if "properties" in kept:
        kept["properties"] = {key: recorded(value) for key, value in kept["properties"].items()}
        kept["additionalProperties"] = False
    elif isinstance(kept.get("additionalProperties"), dict):
        kept["additionalProperties"] = recorded(kept["additionalProperties"])
    if isinstance(kept.get("items"), dict):
        kept["items"] = recorded(kept["items"])
    if "oneOf" in kept:
        kept["oneOf"] = [recorded(way) for way in kept["oneOf"]]
    return kept


def collect(name):
    if name in found:
        return
    found[name] = {}
    found[name] = recorded(definitions[name])


for kind in KINDS:
    collect(kind)
print(
    json.dumps(
        {
            "$comment": f"Kubernetes {KUBERNETES} (Apache-2.0), by kubernetes-validate {version('kubernetes-validate')}; "
            "recorded by scripts/golden/kubernetes_schema.py",
            # Of several kinds, whoever validates says which one he means.
            **({"$ref": f"#/$defs/{KINDS[0]}"} if len(KINDS) == 1 else {}),
            "$defs": dict(sorted(found.items())),
        },
        indent=1,
    )
)
