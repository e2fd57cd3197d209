"""Record which partitions the real Dagster sees, and which of one asset those of another read.

usage: python scripts/golden/partitions.py      (with the dagster package)

Writes test/golden/partitions/results.json: for each time definition the keys and windows at a moment, for each mapping the
partitions upstream and downstream of each key. Its version stands in the file.
"""

import datetime
import json
from pathlib import Path

import dagster as dg
from dagster._core.definitions.partitions.context import partition_loading_context

OUT = Path(__file__).resolve().parents[2] / "test/golden/partitions/results.json"
# Where the clock is set back by half an hour, Dagster takes minutes for others: no oracle for that.
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
TIME, DAY = "%Y-%m-%d-%H:%M", "%Y-%m-%d"


def time(cron, start, timezone="UTC", format=DAY, end=None, endOffset=0):
    return {"type": "time", "cron": cron, "timezone": timezone, "start": start, "format": format, "endOffset": endOffset, **({"end": end} if end else {})}


def static(*keys):
    return {"type": "static", "keys": list(keys)}


def multi(**dimensions):
    return {"type": "multi", "dimensions": dimensions}


def definition(spec):
    kind = spec["type"]
    if kind == "static":
        return dg.StaticPartitionsDefinition(spec["keys"])
    if kind == "multi":
        return dg.MultiPartitionsDefinition({name: definition(one) for name, one in spec["dimensions"].items()})
    read = lambda text: datetime.datetime.fromisoformat(text)
    return dg.TimeWindowPartitionsDefinition(
        cron_schedule=spec["cron"], start=read(spec["start"]), end=read(spec["end"]) if "end" in spec else None,
        fmt=spec["format"], timezone=spec["timezone"], end_offset=spec["endOffset"],
    )  # fmt: skip


TIMES = [
    (time("0 * * * *", "2023-11-04T22:00", NEW_YORK, TIME), "2023-11-05T09:00"),
    (time("0 * * * *", "2023-03-12T00:00", NEW_YORK, TIME), "2023-03-12T09:00"),
    (time("30 2 * * *", "2023-03-10", NEW_YORK), "2023-03-14T09:00"),
    (time("30 1 * * *", "2023-11-03", NEW_YORK), "2023-11-08T09:00"),
    (time("0 0 * * *", "2024-02-27", BERLIN), "2024-03-02T23:30"),
    (time("0 0 * * *", "2024-02-27", BERLIN), "2024-03-02T22:30"),
    (time("0 0 * * *", "2024-02-27T10:00"), "2024-03-02T00:00"),
    (time("0 0 * * 0", "2023-03-10", NEW_YORK), "2023-04-14T09:00"),
    (time("0 0 * * 1", "2023-12-10", BERLIN, "%G-W%V-%u"), "2024-02-01T00:00"),
    (time("0 0 1 * *", "2023-01-15"), "2023-09-14T09:00"),
    (time("0 0 31 * *", "2023-01-15"), "2023-09-14T09:00"),
    (time("0 0 1 * *", "2023-01-15", endOffset=2), "2023-09-14T09:00"),
    (time("0 0 1 * *", "2023-01-15", endOffset=-2), "2023-09-14T09:00"),
    (time("0 0 1 * *", "2023-01-15", endOffset=-20), "2023-09-14T09:00"),
    (time("0 0 * * *", "2024-01-01", end="2024-01-05"), "2024-03-01T00:00"),
    (time("0 0 * * *", "2024-01-01", end="2024-01-05T12:00"), "2024-03-01T00:00"),
    (time("0 0 * * *", "2024-01-01"), "2023-12-01T00:00"),
    (time("0 0 * * *", "2024-01-01", endOffset=3), "2023-12-01T00:00"),
    (time("0 0 * * *", "2024-01-01", endOffset=3), "2023-12-30T05:00"),
    (time("0 0 * * *", "2024-01-01", endOffset=3), "2024-01-01T00:00"),
    (time("*/15 * * * *", "2023-11-05T00:00", NEW_YORK, TIME), "2023-11-05T09:00"),
    (time("0 0 * * 1-5", "2023-11-05"), "2023-11-15T09:00"),
    (time("0 */6 * * *", "2024-03-30", BERLIN, TIME), "2024-04-01T12:00"),
    (time("0 9 1 1,7 *", "2020-01-01", BERLIN, "%d.%m.%y"), "2024-04-01T12:00"),
]  # fmt: skip

DAILY, DAILY_LATER = time("0 0 * * *", "2024-01-01"), time("0 0 * * *", "2024-01-04")
HOURLY, WEEKLY = time("0 * * * *", "2024-01-02T20:00", format=TIME), time("0 0 * * 1", "2024-01-01")
COLORS, SHADES = static("red", "green", "blue"), static("light red", "dark red", "green")
BY_DAY = multi(date=DAILY, color=COLORS)
MAPPINGS = [
    ({"type": "identity"}, COLORS, COLORS),
    ({"type": "all"}, COLORS, DAILY),
    ({"type": "last"}, COLORS, DAILY),
    ({"type": "specific", "keys": ["2024-01-02", "2024-01-05"]}, COLORS, DAILY),
    ({"type": "static", "downstreamByUpstream": {"red": ["light red", "dark red"], "green": ["green"]}}, SHADES, COLORS),
    ({"type": "timeWindow", "startOffset": 0, "endOffset": 0}, DAILY, DAILY),
    ({"type": "timeWindow", "startOffset": -1, "endOffset": 0}, DAILY, DAILY),
    ({"type": "timeWindow", "startOffset": -2, "endOffset": -1}, DAILY, DAILY),
    ({"type": "timeWindow", "startOffset": 0, "endOffset": 0}, DAILY_LATER, DAILY),
    ({"type": "timeWindow", "startOffset": 0, "endOffset": 0}, DAILY, DAILY_LATER),
    ({"type": "timeWindow", "startOffset": 0, "endOffset": 0}, DAILY, HOURLY),
    ({"type": "timeWindow", "startOffset": 0, "endOffset": 0}, HOURLY, DAILY),
    ({"type": "timeWindow", "startOffset": 0, "endOffset": 0}, WEEKLY, DAILY),
    ({"type": "timeWindow", "startOffset": 0, "endOffset": 0}, DAILY, WEEKLY),
    ({"type": "timeWindow", "startOffset": -1, "endOffset": 0}, WEEKLY, DAILY),
    (None, BY_DAY, DAILY),
    (None, DAILY, BY_DAY),
    (None, BY_DAY, COLORS),
    (None, BY_DAY, BY_DAY),
    (None, COLORS, SHADES),
    (None, WEEKLY, DAILY),
    ({"type": "multi", "dimensions": {"date": {"dimension": "date", "mapping": {"type": "timeWindow", "startOffset": -1, "endOffset": 0}}, "color": {"dimension": "color"}}}, BY_DAY, BY_DAY),
    ({"type": "multi", "dimensions": {"date": {"dimension": "date"}}}, BY_DAY, BY_DAY),
]  # fmt: skip


def mapping(spec):
    if spec is None:
        return None
    kind = spec["type"]
    if kind == "identity":
        return dg.IdentityPartitionMapping()
    if kind == "all":
        return dg.AllPartitionMapping()
    if kind == "last":
        return dg.LastPartitionMapping()
    if kind == "specific":
        return dg.SpecificPartitionsPartitionMapping(spec["keys"])
    if kind == "static":
        return dg.StaticPartitionMapping(spec["downstreamByUpstream"])
    if kind == "timeWindow":
        return dg.TimeWindowPartitionMapping(start_offset=spec["startOffset"], end_offset=spec["endOffset"], allow_nonexistent_upstream_partitions=True)
    return dg.MultiPartitionMapping({
        up: dg.DimensionPartitionMapping(one["dimension"], mapping(one.get("mapping")) or dg.IdentityPartitionMapping())
        for up, one in spec["dimensions"].items()
    })  # fmt: skip


def at(moment):
    return partition_loading_context(effective_dt=datetime.datetime.fromisoformat(moment + "+00:00"))


def times():
    for spec, now in TIMES:
        with at(now):
            one = definition(spec)
            keys = one.get_partition_keys()
            windows = [one.time_window_for_partition_key(key) for key in keys]
            stamp = lambda moment: moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            yield {"spec": spec, "now": now + "Z", "partitions": [[k, stamp(w.start), stamp(w.end)] for k, w in zip(keys, windows)]}


def mappings():
    from dagster._core.definitions.partitions.utils import infer_partition_mapping  # the default of a dependency

    now = "2024-01-10T05:30"
    for spec, downstream, upstream in MAPPINGS:
        with at(now) as context:
            down, up = definition(downstream), definition(upstream)
            found = infer_partition_mapping(mapping(spec), down, up)
            reads, readers = {}, {}
            for key in down.get_partition_keys():
                subset = down.subset_with_partition_keys([key])
                answer = found.get_upstream_mapped_partitions_result_for_partitions(subset, down, up)
                reads[key] = sorted(answer.partitions_subset.get_partition_keys())
            for key in up.get_partition_keys():
                subset = up.subset_with_partition_keys([key])
                readers[key] = sorted(found.get_downstream_partitions_for_partitions(subset, up, down).get_partition_keys())
            yield {"mapping": spec, "downstream": downstream, "upstream": upstream, "now": now + "Z", "reads": reads, "readers": readers}


OUT.parent.mkdir(parents=True, exist_ok=True)
results = {"dagster": dg.__version__, "times": list(times()), "mappings": list(mappings())}
OUT.write_text(json.dumps(results, separators=(",", ":")).replace('{"spec"', '\n{"spec"').replace('{"mapping":', '\n{"mapping":') + "\n")
