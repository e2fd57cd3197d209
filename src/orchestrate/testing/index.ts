/** What tests of a definitions.ts use: the pieces, one by one, in memory. */

export { type ConditionWorld, type Evaluation, type MadeOptions, testConditions } from './condition-world.js'
export { deliver, evaluateSensor, type SensorOutcome } from './evaluate.js'
export {
  type GivenInputs,
  type Materialized,
  type MaterializeOptions,
  type MaterializeSeveralOptions,
  materialize,
  type RunCheckOptions,
  runCheck,
} from './materialize.js'
export { type ScheduledTick, type ScheduleWorld, scheduleTicks } from './schedule-ticks.js'
export type { GivenHistory, GivenMaterialization, TestQuery, TestSurroundings } from './surroundings.js'
export type { SensorNewsOptions, TestMaterialization, TestRun } from './told.js'
