/** A dbt that people have installed, as an engine: it is started, and its log and artifacts are read. */
export { buildNodes } from './build-nodes.js'
export type { BuildRequest, CoreNodeResult, DbtCore } from './contract.js'
export { nodeFailed } from './failures.js'
export { parseWithCore } from './parse-with-core.js'
export { runCoreCommand } from './run-command.js'
export { roomFor } from './selection.js'
