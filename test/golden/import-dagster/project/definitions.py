"""A small project with many kinds of things, for what `millrace import dagster` reads of a running Dagster."""

from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster_airbyte import DagsterAirbyteTranslator
from dagster_airbyte.translator import AirbyteConnectionTableProps
from dagster_dbt import DbtCliResource, dbt_assets

DBT = Path(__file__).parent / "dbt"

# What dagster-airbyte makes of a connection, without its server.
PROPERTIES = {"id": {"type": "integer"}, "amount": {"type": "number"}}
streams = [
    DagsterAirbyteTranslator().get_asset_spec(
        AirbyteConnectionTableProps(
            table_name=f"shop_{name}", stream_prefix="shop_", stream_name=name, json_schema={"properties": PROPERTIES},
            connection_id="6f7e0b1e-1f7a-4b0e-8b0b-0d7b2c1f4a55", connection_name="shop → warehouse",
            destination_type="postgres", database="warehouse", schema="raw",
        )
    ).replace_attributes(group_name="airbyte")
    for name in ("orders", "customers")
]  # fmt: skip


@dg.multi_asset(name="airbyte_shop", specs=streams, can_subset=True)
def airbyte_shop(): ...


@dbt_assets(manifest=DBT / "target/manifest.json")
def models(context: dg.AssetExecutionContext, dbt: DbtCliResource):
    yield from dbt.cli(["build"], context=context).stream()


daily = dg.DailyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin", end_date="2024-03-01")
evening = dg.DailyPartitionsDefinition("2026-06-01", hour_offset=20)
regions = dg.StaticPartitionsDefinition(["eu", "us", "ap_south"])


class Api(dg.ConfigurableResource):
    """The shop's own API."""

    url: str
    token: str


class LetterConfig(dg.Config):
    days: int = 7


@dg.asset(
    key_prefix="reports",
    deps=[dg.AssetKey("mart_revenue")],
    group_name="reports",
    description="Who bought most?\n\nIt's one page, `A4`, for the ${BOARD}.",
    owners=["ada@example.com", "team:sales"],
    tags={"domain": "sales", "weekly": ""},
    kinds={"python", "pdf"},
    metadata={"runbook": dg.MetadataValue.url("https://example.com/runbook"), "pages": 1},
    automation_condition=dg.AutomationCondition.eager(),
    code_version="3",
    pool="printer",
)
def letter(config: LetterConfig, api: Api): ...


@dg.asset(partitions_def=daily, backfill_policy=dg.BackfillPolicy.single_run(), automation_condition=dg.AutomationCondition.on_cron("0 6 * * *", "Europe/Berlin"))  # fmt: skip
def visits(): ...


@dg.asset(
    partitions_def=daily,
    deps=[dg.AssetDep(visits, partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-6))],
    automation_condition=dg.AutomationCondition.any_deps_updated() & ~dg.AutomationCondition.in_progress(),
)
def trend(): ...


@dg.asset(partitions_def=dg.MultiPartitionsDefinition({"date": daily, "region": regions}), deps=[visits])
def by_region(): ...


@dg.asset(partitions_def=evening)
def closing(): ...


@dg.asset(partitions_def=dg.TimeWindowPartitionsDefinition(cron_schedule="*/15 * * * *", start=datetime(2026, 11, 1), fmt="%Y-%m-%d-%H:%M"))
def quarter_hours(): ...


@dg.asset(partitions_def=dg.DynamicPartitionsDefinition(name="customers"), ins={"stg": dg.AssetIn(key="stg_orders", dagster_type=dg.Nothing)})
def per_customer(): ...


@dg.multi_asset(
    name="sales_reports",
    specs=[
        dg.AssetSpec(["sales", "daily"], deps=["mart_revenue"], group_name="reports"),
        dg.AssetSpec(["sales", "weekly"], deps=[["sales", "daily"]], group_name="reports", automation_condition=dg.AutomationCondition.on_missing()),
    ],
)  # fmt: skip
def sales_reports(): ...


@dg.asset(deps=[letter], freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=24)))
def totals(): ...


@dg.observable_source_asset(key="rates", group_name="bank", description="Rates of the bank")
def rates() -> dg.DataVersion:
    return dg.DataVersion("1")


dashboard = dg.AssetSpec("dashboard", deps=["mart_revenue", "letter_box"], description="Grafana", kinds={"grafana"})


@dg.asset_check(asset="mart_revenue", blocking=True, description="There is some")
def not_empty(): ...


@dg.asset_check(asset=["reports", "letter"])
def has_one_page(): ...


up_to_totals = dg.define_asset_job("up_to_totals", selection='+key:"totals"', description="All that the totals need")
marts = dg.define_asset_job("marts", selection='key:"shop_orders"+', tags={"team": "a"})
daily_job = dg.define_asset_job("daily_visits", selection=["visits", "trend"])
letters = dg.define_asset_job("letters", selection=dg.AssetSelection.groups("reports"))


@dg.op
def tidy(): ...


@dg.job(description="Removes old files")
def clean_up():
    tidy()


nightly = dg.ScheduleDefinition(
    name="nightly", job=marts, cron_schedule="0 5 * * *", execution_timezone="Europe/Berlin",
    default_status=dg.DefaultScheduleStatus.RUNNING, description="Every night", tags={"dagster/priority": "1"},
)  # fmt: skip
twice = dg.ScheduleDefinition(
    name="twice",
    target=dg.AssetSelection.keys("stg_orders", "countries"),
    cron_schedule=["0 5 * * *", "0 17 * * 1-5"],
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
weekly_letters = dg.ScheduleDefinition(
    name="weekly_letters", job=letters, cron_schedule="@weekly", default_status=dg.DefaultScheduleStatus.RUNNING
)
tidying = dg.ScheduleDefinition(name="tidying", job=clean_up, cron_schedule="0 0 * * 0")
each_day = dg.build_schedule_from_partitioned_job(daily_job)


@dg.sensor(target=[letter], minimum_interval_seconds=300, default_status=dg.DefaultSensorStatus.RUNNING)
def new_files(): ...


@dg.asset_sensor(asset_key=dg.AssetKey("shop_orders"), job_name="letters", description="Letters follow orders")
def after_orders(): ...


@dg.multi_asset_sensor(monitored_assets=[dg.AssetKey("shop_orders"), dg.AssetKey("visits")], request_assets=[letter])
def after_both(): ...


@dg.run_failure_sensor(name="tell_failures")
def tell_failures(): ...


automation = dg.AutomationConditionSensorDefinition("default_automation_condition_sensor", target="*")

defs = dg.Definitions(
    assets=[airbyte_shop, models, letter, visits, trend, by_region, closing, quarter_hours, per_customer, sales_reports, totals, rates, dashboard],
    asset_checks=[not_empty, has_one_page],
    jobs=[up_to_totals, marts, daily_job, letters, clean_up],
    schedules=[nightly, twice, weekly_letters, tidying, each_day],
    sensors=[new_files, after_orders, after_both, tell_failures, automation],
    resources={"dbt": DbtCliResource(project_dir=str(DBT)), "api": Api(url="https://shop.example.com", token=dg.EnvVar("SHOP_TOKEN"))},
)  # fmt: skip
