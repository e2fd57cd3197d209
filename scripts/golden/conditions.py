"""Record which partitions of which assets the real Dagster requests, evaluation by evaluation.

usage: python scripts/golden/conditions.py      (with the dagster package)

Writes test/golden/conditions/results.json: worlds of assets with conditions, what happens in them step by step, and what is
requested each time. Worlds are made at random from a fixed seed. Its version stands in the file.

Where the trigger and the reset of a `since` hold in one evaluation, Dagster goes by the time of either only if neither is made of other
conditions; Millrace always does, so as not to lose an update. A world ends before the first evaluation in which that would tell.
"""

import datetime
import json
import logging
import random
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
import dagster as dg
from dagster import AutomationCondition as C
from dagster._core.definitions.declarative_automation.operators import AndAutomationCondition, OrAutomationCondition, SinceCondition

logging.disable(logging.CRITICAL)
OUT = Path(__file__).resolve().parents[2] / "test/golden/conditions/results.json"
# Off the minute: whether a tick at the very moment of an evaluation counts in this one or the next is not a question of semantics.
START = datetime.datetime(2024, 3, 5, 10, 30, 13, tzinfo=datetime.timezone.utc)
CRONS = ["0 * * * *", "0 6 * * *", "*/20 * * * *"]

OPERANDS = ["missing", "newlyUpdated", "newlyRequested", "willBeRequested", "initialEvaluation", "dataVersionChanged", "codeVersionChanged"]
PARTITIONS = {
    "none": None,
    "daily": {"type": "time", "cron": "0 0 * * *", "timezone": "UTC", "start": "2024-03-01T00:00", "format": "%Y-%m-%d", "endOffset": 0},
    "hourly": {"type": "time", "cron": "0 * * * *", "timezone": "UTC", "start": "2024-03-04T00:00", "format": "%Y-%m-%d-%H:%M", "endOffset": 0},
    "regions": {"type": "static", "keys": ["eu", "us", "asia"]},
    "both": {"type": "multi", "dimensions": {
        "date": {"type": "time", "cron": "0 0 * * *", "timezone": "UTC", "start": "2024-03-03T00:00", "format": "%Y-%m-%d", "endOffset": 0},
        "region": {"type": "static", "keys": ["eu", "us"]},
    }},
}


def definition(spec):
    if spec is None:
        return None
    if spec["type"] == "static":
        return dg.StaticPartitionsDefinition(spec["keys"])
    if spec["type"] == "multi":
        return dg.MultiPartitionsDefinition({name: definition(one) for name, one in spec["dimensions"].items()})
    return dg.TimeWindowPartitionsDefinition(cron_schedule=spec["cron"], timezone=spec["timezone"], start=datetime.datetime.fromisoformat(spec["start"]), fmt=spec["format"])


timeless = []
evaluate_since = SinceCondition.evaluate


async def watched(self, context):
    result = await evaluate_since(self, context)
    trigger, reset = result.child_results
    both = trigger.true_subset.compute_intersection(reset.true_subset)
    if not both.is_empty and context._cursor is not None and not (trigger.timing_metadata and reset.timing_metadata):
        timeless.append(context.key)
    return result


SinceCondition.evaluate = watched


def simple(random_):
    kind = random_.choice(OPERANDS + ["cronTickPassed", "inLatestTimeWindow"])
    if kind == "cronTickPassed":
        return {"type": kind, "cron": random_.choice(CRONS), "timezone": "UTC"}
    if kind == "inLatestTimeWindow":
        return {"type": kind, **random_.choice([{}, {"lookbackMs": 48 * 3_600_000}])}
    return {"type": kind}


def tree(random_, depth=3):
    if depth == 0 or random_.random() < 0.2:
        return simple(random_)
    kind = random_.choice(["and", "or", "not", "newlyTrue", "since", "since", "anyDepsMatch", "allDepsMatch"])
    inner = lambda: tree(random_, depth - 1)
    if kind in ("and", "or"):
        return {"type": kind, "of": [inner() for _ in range(random_.choice([2, 2, 3]))]}
    if kind == "since":
        return {"type": kind, "of": inner(), "reset": inner()}
    return {"type": kind, "of": inner()}


def condition(random_):
    return random_.choice([
        lambda: {"composite": "eager"}, lambda: {"composite": "eager"}, lambda: {"composite": "onMissing"},
        lambda: {"composite": "onCron", "cron": random_.choice(CRONS)}, lambda: tree(random_), lambda: tree(random_),
    ])()


def built(spec):
    if "composite" in spec:
        if spec["composite"] == "eager":
            return C.eager()
        return C.on_missing() if spec["composite"] == "onMissing" else C.on_cron(spec["cron"])
    kind = spec["type"]
    names = {"newlyUpdated": "newly_updated", "newlyRequested": "newly_requested", "willBeRequested": "will_be_requested", "initialEvaluation": "initial_evaluation",
             "dataVersionChanged": "data_version_changed", "codeVersionChanged": "code_version_changed", "missing": "missing"}
    if kind in names:
        return getattr(C, names[kind])()
    if kind == "cronTickPassed":
        return C.cron_tick_passed(spec["cron"], spec["timezone"])
    if kind == "inLatestTimeWindow":
        return C.in_latest_time_window(datetime.timedelta(milliseconds=spec["lookbackMs"]) if "lookbackMs" in spec else None)
    if kind == "and":
        return AndAutomationCondition(operands=[built(one) for one in spec["of"]])
    if kind == "or":
        return OrAutomationCondition(operands=[built(one) for one in spec["of"]])
    if kind == "not":
        return ~built(spec["of"])
    if kind == "newlyTrue":
        return built(spec["of"]).newly_true()
    if kind == "since":
        return built(spec["of"]).since(built(spec["reset"]))
    return (C.any_deps_match if kind == "anyDepsMatch" else C.all_deps_match)(built(spec["of"]))


def world(random_):
    names = [f"a{i}" for i in range(random_.choice([2, 3, 4]))]
    kinds = random_.choice([["none"], ["none"], ["daily"], ["daily", "hourly"], ["none", "daily"], ["regions"], ["regions", "none"], ["both"], ["daily", "none", "hourly"]])
    assets = []
    for i, name in enumerate(names):
        deps = sorted(random_.sample(names[:i], k=min(i, random_.choice([0, 1, 1, 2])))) if i else []
        assets.append({"key": name, "deps": deps, "partitions": random_.choice(kinds), "condition": condition(random_) if i or random_.random() < 0.3 else None})
    return assets


def keys(spec, now):
    found = definition(spec)
    return [None] if found is None else list(found.get_partition_keys(current_time=now))


def play(seed):
    random_ = random.Random(seed)
    assets = world(random_)
    versions = {one["key"]: 1 for one in assets}

    def make(one):
        @dg.asset(key=one["key"], deps=one["deps"], partitions_def=definition(PARTITIONS[one["partitions"]]), code_version=str(versions[one["key"]]),
                  automation_condition=built(one["condition"]) if one["condition"] else None)
        def made():
            ...
        return made

    instance = dg.DagsterInstance.ephemeral()
    now, cursor, steps = START, None, []
    requested, data = [], {}
    for _ in range(9):
        now += datetime.timedelta(minutes=random_.choice([1, 7, 25, 70, 6 * 60, 15 * 60, 26 * 60]))
        happened = []
        # What was requested is mostly made; other things happen as well.
        for key, partition in requested:
            if random_.random() < 0.7:
                happened.append([key, partition])
        for one in assets:
            if random_.random() < (0.5 if not one["condition"] else 0.15):
                choices = keys(PARTITIONS[one["partitions"]], now)
                for partition in random_.sample(choices, k=min(len(choices), random_.choice([1, 1, 2]))) + choices[-1:]:
                    if [one["key"], partition] not in happened:
                        happened.append([one["key"], partition])
        changed = [one["key"] for one in assets if random_.random() < 0.08]
        for key in changed:
            versions[key] += 1
        made = []
        for key, partition in happened:
            version = data.get((key, partition), 0)
            has_changed = version == 0 or random_.random() < 0.75
            data[key, partition] = version + has_changed
            made.append([key, partition, has_changed])
            tags = {"dagster/data_version": str(data[key, partition])}
            instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=partition, tags=tags))
        timeless.clear()
        result = dg.evaluate_automation_conditions([make(one) for one in assets], instance, evaluation_time=now, cursor=cursor)
        if timeless:
            break
        cursor = result.cursor
        requested = [[one["key"], partition] for one in assets for partition in sorted(result.get_requested_partitions(dg.AssetKey(one["key"])), key=str)]
        steps.append({"now": now.isoformat(), "made": made, "codeChanged": changed, "requested": requested})
    return {"seed": seed, "assets": assets, "steps": steps}


def main():
    worlds = [play(seed) for seed in range(400)]
    worlds = [one for one in worlds if len(one["steps"]) > 2]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"oracle": f"dagster {dg.__version__}", "script": "scripts/golden/conditions.py", "partitions": PARTITIONS, "worlds": worlds}, separators=(",", ":")) + "\n")
    print(len(worlds), "worlds,", sum(len(s["requested"]) for w in worlds for s in w["steps"]), "requests")


if __name__ == "__main__":
    main()
