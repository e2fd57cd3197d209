import { type MillraceError, toMillraceError } from '../../base/index.js'
import { writeManifest } from '../artifacts/write.js'
import type { Manifest, NodeResult, TransformEvent } from '../contract.js'
import { showRows } from '../execute/materialize/show-rows.js'
import type { RunSession } from '../execute/open-session.js'
import { runNodes, skippedResult } from '../execute/run-nodes.js'
import { commandResourceTypes } from '../select/index.js'
import type { CommandInvocation, DbtCommand } from './invocation/invocation.js'
import { selectionOf } from './invocation/selection.js'
import { ResultPrinter } from './output/print-results.js'
import { runHooks } from './output/run-hooks.js'
import { writeResults } from './output/write-results.js'

type RunCommand = 'build' | 'run' | 'test' | 'seed' | 'snapshot'

/** build, run, test, seed and snapshot: they differ in the types of nodes that they take. */
export const runNodesCommand: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const { manifest, targetDir, project } = session
    const started = performance.now()
    const types = commandResourceTypes[invocation.command as RunCommand]
    const selected = selectionOf(invocation, project, types)
    const ids = new Set([...selected].filter((id) => isRunnable(id, manifest)))
    await invocation.prepare(session, ids, selected)
    if (!invocation.flags.noWriteJson) writeManifest(manifest, targetDir)
    const { checkColumns: isChecked = false, noCheckColumns = false } = invocation.flags
    if (isChecked && !noCheckColumns)
      await (await import('./invocation/check-columns.js')).checkColumns(invocation, session, ids, {
        isCompiled: false,
      })
    warnOfConcurrentBatches(invocation, session)
    const printer = new ResultPrinter(invocation, session)
    const results = ids.size === 0 ? [] : await runWithHooks(invocation, session, ids, printer)
    const elapsedSeconds = (performance.now() - started) / 1000
    const unwritten = attempted(() => writeResults(invocation, session, results, elapsedSeconds))
    remember(invocation, session, results)
    if (invocation.flags.show) await showSeeds(invocation, session, results)
    const code = ids.size === 0 ? 0 : printer.summary(results, elapsedSeconds)
    // What ran is told first: on a full disk nothing else says it.
    if (unwritten) throw unwritten
    return code
  })

function attempted(work: () => void): MillraceError | undefined {
  try {
    work()
    return undefined
  } catch (thrown) {
    return toMillraceError(thrown)
  }
}

/** Batches run one after the other where the engine cannot do better; a model that asks for more is told so. */
function warnOfConcurrentBatches({ log }: CommandInvocation, { manifest, warehouse, target }: RunSession): void {
  if (warehouse.capabilities.concurrentBatches) return
  const asking = Object.values(manifest.nodes).filter(({ config }) => config.concurrent_batches === true)
  if (asking.length > 0)
    log.warn('InvalidConcurrentBatchesConfig', { num_models: asking.length, adapter_type: target.type })
}

/** `seed --show`: the first rows of each seed that was loaded. */
async function showSeeds(invocation: CommandInvocation, session: RunSession, results: readonly NodeResult[]) {
  const { log } = invocation
  for (const { unique_id, status } of results) {
    const node = session.manifest.nodes[unique_id]
    if (node?.resource_type !== 'seed' || status !== 'success') continue
    const { table } = await showRows(session.runner(node), 10)
    const header = `Random sample of table: ${node.schema}.${node.alias}`
    log.fire('Formatting', { msg: '' })
    log.fire('SeedHeader', { header })
    log.fire('Formatting', { msg: '-'.repeat(header.length) })
    for (const line of table.print().split('\n')) invocation.print(line)
    log.fire('Formatting', { msg: '' })
  }
}

/** A later plan compares with what ran now. A run of no rows or of some made nothing to compare with. */
function remember(invocation: CommandInvocation, { project, manifest }: RunSession, results: readonly NodeResult[]) {
  const { empty, sample, noWriteJson } = invocation.flags
  if (empty || sample !== undefined || noWriteJson) return
  try {
    invocation.former.memory(project).remember(manifest, results, new Set(project.builtin))
  } catch (error) {
    // The data are there all the same.
    invocation.info(`What ran could not be remembered for later plans: ${(error as Error).message}`)
  }
}

/** Ephemeral models are no step: they become part of what reads them. Hooks run at their own time. */
const isRunnable = (id: string, { nodes, unit_tests, exposures, saved_queries, functions }: Manifest) => {
  if (id in unit_tests || id in exposures || id in saved_queries || id in functions) return true
  const node = nodes[id]
  return node !== undefined && node.resource_type !== 'operation' && node.config.materialized !== 'ephemeral'
}

/** When an on-run-start hook fails nothing runs, unless the project's flags say so; on-run-end hooks always do. */
async function runWithHooks(
  invocation: CommandInvocation,
  session: RunSession,
  ids: ReadonlySet<string>,
  printer: ResultPrinter,
): Promise<NodeResult[]> {
  const { command, flags, io } = invocation
  const { signal } = io
  const onEvent = (event: TransformEvent) => printer.event(event)
  await session.createSchemas(ids)
  const before = await runHooks(session, 'on-run-start', printer, { signal })
  const isStopped =
    before.some(({ status }) => status === 'error') && invocation.behaves('skip_nodes_if_on_run_start_fails')
  const results = isStopped
    ? [...ids].map((uniqueId, i) => {
        const result = skippedResult(session.manifest, uniqueId, null)
        onEvent({ type: 'node_finished', uniqueId, result, index: i + 1, total: ids.size })
        return result
      })
    : await runNodes(session, ids, {
        threads: session.target.threads,
        failFast: flags.failFast,
        testsBlock: command === 'build',
        signal,
        fullRefresh: flags.fullRefresh,
        onEvent,
      })
  // Of nodes that did not get their turn, dbt tells these hooks nothing.
  const seen = isStopped ? [] : [...before.filter(({ status }) => status === 'error'), ...results]
  const after = await runHooks(session, 'on-run-end', printer, { results: seen, signal })
  return [...before, ...results, ...after]
}
