/** The Dagster role: assets, runs, schedules, sensors, events. */

export type { AlertKind } from './alerts/alert.js'
export { AlertChannel, type AlertOptions } from './alerts/alert-channel.js'
export { type AlertSettings, deliveries } from './alerts/channels.js'
export { brokenPartOfSensor, isKeptWhole, notKnownSince } from './assets/broken-parts.js'
export { dbtSelectorsOf, withDbtSelections } from './assets/dbt-selectors.js'
export { isView } from './assets/is-view.js'
export { type AssetReport, reportAsset } from './assets/report-asset.js'
export { changesIn, changesMetadata, changesText } from './assets/schema-changes.js'
export { AssetGraph, selectAssets, selectionOf, withoutDbt } from './assets/select-assets.js'
export { selectForRun, whyLeftOut } from './assets/select-for-run.js'
export { checks } from './authoring/checks/built-in.js'
export type { BuiltInOptions } from './authoring/checks/built-in-check.js'
export * from './authoring/checks/check.js'
export type * from './authoring/checks/check-context.js'
export type { SchemaUnchangedOptions } from './authoring/checks/schema-unchanged.js'
export type { ConfigSchema } from './authoring/config.js'
export * from './authoring/define.js'
export type { Input, Inputs, InputValues } from './authoring/inputs.js'
export type { IoContext, IoManager } from './authoring/io-manager.js'
export {
  type MultiAssetContext,
  type MultiAssetDefinition,
  type MultiAssetOptions,
  multiAsset,
  type OutputOptions,
} from './authoring/multi-asset.js'
export {
  mapping,
  partitions,
  requireNewKey,
  type TimePartitionOptions,
  type WindowOffsets,
} from './authoring/partitions.js'
export { type Definition, defineProject, type ProjectDefinition } from './authoring/project.js'
export {
  type NoResources,
  type ResourceContext,
  type ResourceDefinition,
  type ResourceOptions,
  type Resources,
  type ResourceValues,
  resource,
} from './authoring/resource.js'
export * from './authoring/sensor.js'
export type { TableRows } from './authoring/table-rows.js'
export {
  type AssetName,
  type ConnectionName,
  connection,
  type DbtTables,
  dbt,
  type OpenRow,
  type Table,
  type Tables,
} from './authoring/tables.js'
export type { Target } from './authoring/target.js'
export { Condition, freshness, when } from './authoring/when.js'
export { advanceBackfills } from './backfills/advance-backfills.js'
export { missingPartitions } from './backfills/missing-partitions.js'
export { type BackfillPlan, type BackfillWish, planBackfill } from './backfills/plan-backfill.js'
export { planRetry } from './backfills/plan-retry.js'
export {
  type AutomatedAsset,
  allAutomations,
  automatedAssets,
  automationOfAsset,
  automationProblems,
} from './conditions/automated-assets.js'
export { ConditionLoop, previewConditions } from './conditions/condition-loop.js'
export { type AssetResult, evaluateConditions } from './conditions/evaluate-conditions.js'
export type { ConditionFacts } from './conditions/facts.js'
export { conditionName } from './conditions/words.js'
export { checkConfigOf, checkRunConfig } from './config/check-run-config.js'
export { connectionChanges } from './connections/connection-changes.js'
export { switchEvents } from './connections/switch-events.js'
export * from './contract/index.js'
export { type DaemonOptions, type RetentionDays, runDaemon } from './daemon/run-daemon.js'
export { type TestedTick, testTick } from './daemon/test-tick.js'
export { orchestrateErrors } from './errors.js'
export { freshnessOf, freshnessText } from './freshness/freshness-of.js'
export { watchFreshness } from './freshness/watch-freshness.js'
export { LaunchedRuns } from './launchers/launched-runs.js'
export { openLauncher } from './launchers/open-launcher.js'
export type { LauncherSettings } from './launchers/settings.js'
export { type RunSlots, runSlots } from './limits/run-slots.js'
export { settingsOfTags } from './limits/run-tags.js'
export { limitThatHolds } from './limits/tag-limits.js'
export { type AssetPartitions, assetPartitions, spaceOfAsset } from './partitions/asset-partitions.js'
export { type KeyInWork, keysInWork } from './partitions/keys-in-work.js'
export { downstreamPartitions, upstreamPartitions } from './partitions/mappings.js'
export { dynamicNames, PartitionCounter, type PartitionCounts } from './partitions/partition-counts.js'
export { type MatrixChoice, type PartitionMatrix, partitionMatrix } from './partitions/partition-matrix.js'
export { PartitionSet } from './partitions/partition-set.js'
export { type PartitionSpace, partitionSpace } from './partitions/partition-space.js'
export { parsePartitions, partitionsText } from './partitions/selection.js'
export { graphProblems } from './problems/graph-problems.js'
export { keepPresence } from './processes/keep-presence.js'
export { checkOutcomes, outcomeOf } from './runs/check-outcomes.js'
export { isAbandoned, isLeftBehind } from './runs/left-behind.js'
export { plannedSize, planRun } from './runs/plan-run.js'
export { PoolRoom } from './runs/pool-room.js'
export { rerunRequest } from './runs/rerun-request.js'
export { executeClaimedRun, leaseMs, type RunEngineOptions, runEngine } from './runs/run-engine.js'
export { RunPartitions } from './runs/run-partitions.js'
export { isForGood, stopReason } from './runs/stop.js'
export { whyAbandoned, whyQueued } from './runs/why-queued.js'
export { type ReadSchedule, readSchedule } from './schedules/airbyte-schedule.js'
export { nextTicks, ticksBetween } from './schedules/cron.js'
export { quartzOf } from './schedules/quartz.js'
export { isSwitchedOn, switches } from './schedules/switches.js'
export {
  type MaterializationNews,
  type MaterializedContext,
  type OnMaterializedOptions,
  onMaterialized,
} from './sensors/asset-sensor.js'
export { checkCursor } from './sensors/check-cursor.js'
export { monitoredSelection, monitoredWords } from './sensors/monitored-words.js'
export { newFiles } from './sensors/new-files.js'
export { newRows } from './sensors/new-rows.js'
export {
  type OnRunStatusOptions,
  onRunStatus,
  type RunNews,
  type RunStatusContext,
} from './sensors/run-status-sensor.js'
export { io } from './values/io.js'
export type { TableRow } from './values/table-values.js'
export { deliveryHeldMs, evaluateDelivery } from './webhooks/evaluate-delivery.js'
export { isProven } from './webhooks/is-proven.js'
export type { OwnSender, SenderName } from './webhooks/senders.js'
export { type WebhookContext, type WebhookOptions, webhook } from './webhooks/webhook.js'
export type { UserDefinitions } from './workers/messages.js'
export { UserCode } from './workers/user-code.js'
