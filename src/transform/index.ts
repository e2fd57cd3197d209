import type * as Session from './execute/open-session.js'
import type * as Lineage from './lineage/index.js'

/** The dbt role: projects, selection, execution, artifacts. */
export { writeManifest } from './artifacts/write.js'
export { asksForHelp, asksForVersion, commandIn } from './commands/flags/flags.js'
export type { DbtIo } from './commands/invocation/invocation.js'
export { runDbtCommand } from './commands/run-dbt-command.js'
export * from './contract.js'
export * from './dbt-core/index.js'
export { transformErrors } from './errors.js'
export type { BatchSize } from './event-time/batches.js'
export type { EventWindow } from './event-time/event-window.js'
export { isMicrobatch, modelBatches, successfulBatches } from './event-time/model-batches.js'
export type { RunSession } from './execute/open-session.js'
export { parseForSession } from './execute/parse-for-session.js'
export type {
  AnalysisCache,
  FieldRef,
  FieldUses,
  NodeLineage,
  ProjectLineage,
  TraceDirection,
} from './lineage/index.js'
export { rememberedState } from './memory/remembered-state.js'
export { TargetMemory } from './memory/target-memory.js'
export { type ParsedProject, type ParseOptions, parseProject } from './parse/parse-project.js'
export { type ProfileRequest, profilesFolder, readProfileTarget } from './project/profile.js'
export {
  commandResourceTypes,
  type IndirectSelection,
  readSelectors,
  type SelectOptions,
  selectNodes,
  type YamlSelector,
} from './select/index.js'

/** What runs models is loaded when a session is opened: parsing and listing do without it, and without a warehouse. */
export const openTransformSession: typeof Session.openTransformSession = async (...args) =>
  (await import('./execute/open-session.js')).openTransformSession(...args)

/** The lineage of columns of an opened project; loaded when somebody asks. */
export const readLineage: typeof Lineage.readLineage = async (...args) =>
  (await import('./lineage/index.js')).readLineage(...args)
/** One field followed up to where it comes from and down to what is made of it. */
export const traceField: typeof Lineage.traceField = async (...args) =>
  (await import('./lineage/index.js')).traceField(...args)
/** The columns elsewhere that are made of the columns of one node. */
export const fieldUses: typeof Lineage.fieldUses = async (...args) =>
  (await import('./lineage/index.js')).fieldUses(...args)
/** A node's SQL without writing anything anywhere; kept as long as only the project decides it. */
export const compiledOnce: typeof Lineage.compiledOnce = async (...args) =>
  (await import('./lineage/index.js')).compiledOnce(...args)
