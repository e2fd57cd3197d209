"""One evaluation of many eager assets in chains of ten, after one of them was made.   usage: dagster_conditions.py ASSETS

Prints the seconds of the third evaluation. The dagster package must be installed in this Python.
"""

import logging
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import dagster as dg

logging.disable(logging.CRITICAL)


def make(i):
    deps = [f"a{i - 1}"] if i % 10 else []

    @dg.asset(key=f"a{i}", deps=deps, automation_condition=dg.AutomationCondition.eager() if deps else None)
    def made():
        ...

    return made


definitions = dg.Definitions([make(i) for i in range(int(sys.argv[1]))])
instance = dg.DagsterInstance.ephemeral()
cursor, seconds = None, 0.0
for i in range(3):
    if i:
        for key in range(i * 10 - 10, i * 10):
            instance.report_runless_asset_event(dg.AssetMaterialization(f"a{key}"))
    started = time.time()
    result = dg.evaluate_automation_conditions(definitions, instance, cursor=cursor)
    seconds, cursor = time.time() - started, result.cursor
print(f"{seconds:.2f}")
