import type * as Session from './execute/open-session.js'

/** The dbt role: projects, selection, execution, artifacts. */
export { writeManifest } from './artifacts/write.js'
export type { DbtIo } from './commands/invocation.js'
export { runDbtCommand } from './commands/run-dbt-command.js'
export * from './contract.js'
export { transformErrors } from './errors.js'
export { type ParsedProject, type ParseOptions, parseProject } from './parse/parse-project.js'
export { type ProfileRequest, readProfileTarget } from './project/profile.js'
export {
  commandResourceTypes,
  type IndirectSelection,
  readSelectors,
  type SelectOptions,
  selectNodes,
  type YamlSelector,
} from './select/index.js'

/** What runs models is loaded when a session is opened: parsing and listing do without. */
export const openTransformSession: typeof Session.openTransformSession = async (...args) =>
  (await import('./execute/open-session.js')).openTransformSession(...args)
