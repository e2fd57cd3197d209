import { join, resolve } from 'node:path'
import { type MillraceError, plural } from '../../base/index.js'
import { writeManifest, writeSources } from '../artifacts/write.js'
import type { ManifestSource, NodeResult } from '../contract.js'
import type { RunSession } from '../execute/open-session.js'
import { emptyResult, threadName } from '../execute/results/node-result.js'
import { type FreshnessResult, sourceFreshness } from '../execute/session/freshness.js'
import { hookNodes } from '../execute/session/hooks.js'
import { levelOfStatus } from '../log/catalogue/nodes.js'
import { withPlace } from '../log/error-text.js'
import { nodeInfo } from '../log/node-info.js'
import { hasFreshness } from '../parse/resources/freshness-criteria.js'
import { runCounts } from './invocation/counts.js'
import type { CommandInvocation, DbtCommand } from './invocation/invocation.js'
import { selectionOf } from './invocation/selection.js'
import { ResultPrinter } from './output/print-results.js'
import { runHooks } from './output/run-hooks.js'
import { tellOfArtifact } from './output/write-results.js'

/** `source freshness`: how old the latest row of each source is, against what the source allows. */
export const sourceFreshnessCommand: DbtCommand = (invocation) => {
  if (invocation.flags.output !== undefined)
    invocation.log.deprecate('CustomOutputPathInSourceFreshnessDeprecation', { path: invocation.flags.output })
  return invocation.withSession(async (session) => {
    const started = performance.now()
    const { flags } = invocation
    const sources = [...selectionOf(invocation, session.project, ['source'])]
      .flatMap((id) => session.manifest.sources[id] ?? [])
      .filter(hasFreshness)
    await invocation.prepare(session, new Set(sources.map(({ unique_id }) => unique_id)))
    const printer = new ResultPrinter(invocation, session)
    const { checks, hooks } =
      sources.length === 0 ? { checks: [], hooks: [] } : await checkWithHooks(invocation, session, sources, printer)
    const elapsedSeconds = (performance.now() - started) / 1000
    if (!flags.noWriteJson) {
      const results = checks.map(({ result }) => result)
      writeManifest(session.manifest, session.targetDir)
      const file = flags.output === undefined ? undefined : resolve(invocation.projectDir, flags.output)
      writeSources(results, { targetDir: session.targetDir, file }, session.project.invocation, elapsedSeconds)
      tellOfArtifact(invocation.log, 'FreshnessResult', file ?? join(session.targetDir, 'sources.json'))
    }
    const failed = hooks.filter(({ status }) => status === 'error')
    if (sources.length > 0) {
      const ids = [...hooks, ...checks.map(({ result }) => result)].map(({ unique_id }) => unique_id)
      const ran = ids.map((id) => session.manifest.nodes[id] ?? session.manifest.sources[id])
      printer.counts(runCounts(ran), elapsedSeconds)
    }
    for (const { source, result, error } of checks) tellProblem(invocation, printer, source, result, error)
    for (const hook of failed) printer.problem(hook)
    invocation.log.fire('FreshnessCheckComplete', {})
    const isBad = failed.length > 0 || checks.some(({ result: { status } }) => isBadStatus(status))
    return isBad || invocation.io.signal?.aborted ? 1 : 0
  })
}

const isBadStatus = (status: FreshnessResult['status']) => status === 'error' || status === 'runtime error'

interface Check {
  readonly source: ManifestSource
  readonly result: FreshnessResult
  readonly error?: MillraceError
}

/** What could not be asked, and what is too old. */
function tellProblem(
  { log }: CommandInvocation,
  printer: ResultPrinter,
  source: ManifestSource,
  { status, error: message, max_loaded_at, criteria }: FreshnessResult,
  error: MillraceError | undefined,
): void {
  if (!isBadStatus(status)) return
  const context = { node: nodeInfo(source, { status }) }
  printer.gap()
  if (error) {
    log.fire('RunResultError', { msg: withPlace(message ?? error.message, error) }, context)
    return
  }
  const { resource_type, name, original_file_path: path } = source
  log.fire('RunResultFailure', { resource_type, node_name: name, path }, context)
  log.fire('RunResultErrorNoMessage', { status }, context)
  const { count, period } = criteria?.error_after ?? {}
  const allowed = plural(Number(count), String(period))
  log.fire('Note', { msg: `  The latest row is of ${max_loaded_at}; it may be ${allowed} old.` })
}

/** The project's on-run hooks run around it, as they do around a build; when one fails nothing is asked. */
async function checkWithHooks(
  invocation: CommandInvocation,
  session: RunSession,
  sources: readonly ManifestSource[],
  printer: ResultPrinter,
): Promise<{ checks: Check[]; hooks: NodeResult[] }> {
  if (!invocation.behaves('source_freshness_run_project_hooks')) {
    const hooks = [...hookNodes(session, 'on-run-start'), ...hookNodes(session, 'on-run-end')]
    if (hooks.length > 0) invocation.log.deprecate('SourceFreshnessProjectHooksNotRun', {})
    return { checks: await checkAll(invocation, session, sources), hooks: [] }
  }
  const options = { signal: invocation.io.signal }
  const before = await runHooks(session, 'on-run-start', printer, options)
  const isStopped = before.some(({ status }) => status === 'error')
  const checks = isStopped ? [] : await checkAll(invocation, session, sources)
  const results = checks.map(({ result }) => shownToHooks(result))
  const after = await runHooks(session, 'on-run-end', printer, { ...options, results })
  return { checks, hooks: [...before, ...after] }
}

/** A check as the hooks see it: as any result, and with what it found. */
function shownToHooks({ unique_id, thread_id = '', error, ...found }: FreshnessResult): NodeResult {
  const { max_loaded_at, snapshotted_at, max_loaded_at_time_ago_in_s: age } = found
  return {
    ...emptyResult(unique_id, thread_id),
    ...(found as Partial<NodeResult>),
    ...{ message: error ?? null, max_loaded_at, snapshotted_at, age },
  }
}

/** As many at once as there are threads. */
async function checkAll(
  invocation: CommandInvocation,
  session: RunSession,
  sources: readonly ManifestSource[],
): Promise<Check[]> {
  const { signal } = invocation.io
  const { log } = invocation
  const checks: Check[] = []
  const waiting = [...sources.entries()]
  const work = async (slot: number) => {
    for (let next = waiting.shift(); next !== undefined && !signal?.aborted; next = waiting.shift()) {
      const [i, source] = next
      const context = { node: nodeInfo(source), thread: threadName(slot) }
      const place = { index: i + 1, total: sources.length }
      log.fire('LogStartLine', { ...place, description: `freshness of ${source.source_name}.${source.name}` }, context)
      const check = await sourceFreshness(session, source, { signal, slot, threadId: threadName(slot) })
      const { result } = check
      checks.push({ source, ...check })
      log.fire(
        'LogFreshnessResult',
        {
          ...place,
          status: result.status,
          execution_time: result.execution_time ?? 0,
          source_name: source.source_name,
          table_name: source.name,
        },
        { ...context, level: levelOfStatus(result.status) },
      )
    }
  }
  await Promise.all(Array.from({ length: session.target.threads }, (_, slot) => work(slot)))
  return checks
}
