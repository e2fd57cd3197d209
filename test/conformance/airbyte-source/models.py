"""Reads the files that a source is given, as a source written with Airbyte's Python library does, and prints what its models hold of them.

Standard input: {"folder": …}, which has catalog.json and, where the source goes on, state.json. Standard output: {"version", "catalog", "state"}.
"""

import json
import os
import sys
from importlib.metadata import version

from airbyte_cdk.models import AirbyteStateMessageSerializer, ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.sources import Source

folder = json.load(sys.stdin)["folder"]
state = os.path.join(folder, "state.json")
catalog = Source.read_catalog(os.path.join(folder, "catalog.json"))
states = Source.read_state(state if os.path.exists(state) else None)
json.dump(
    {
        "version": version("airbyte-cdk"),
        "catalog": ConfiguredAirbyteCatalogSerializer.dump(catalog),
        "state": [AirbyteStateMessageSerializer.dump(one) for one in states],
    },
    sys.stdout,
    default=str,
)
