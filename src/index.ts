/** What a project's definitions.ts imports from `millrace`. */
export {
  type AssetDefinition,
  type AssetOptions,
  asset,
  type CheckDefinition,
  type CheckOutcome,
  check,
  defineProject,
  type Metadata,
  type MetadataValue,
  newFiles,
  type ProjectDefinition,
  type RunContext,
  type ScheduleOptions,
  type SensorOptions,
  schedule,
  sensor,
} from './orchestrate/index.js'
