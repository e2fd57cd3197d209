import { join, resolve } from 'node:path'
import { plural } from '../../base/index.js'
import { writeManifest, writeSources } from '../artifacts/write.js'
import type { ManifestSource, TransformEvent } from '../contract.js'
import type { RunSession } from '../execute/open-session.js'
import { threadName } from '../execute/results/node-result.js'
import { type FreshnessResult, sourceFreshness } from '../execute/session/freshness.js'
import { hookNodes, runHookNodes } from '../execute/session/hooks.js'
import { levelOfStatus } from '../log/catalogue/nodes.js'
import { errorText } from '../log/error-text.js'
import { nodeInfo } from '../log/node-info.js'
import { hasFreshness } from '../parse/resources/freshness-criteria.js'
import type { CommandInvocation, DbtCommand } from './invocation/invocation.js'
import { ResultPrinter } from './output/print-results.js'
import { tellOfArtifact } from './output/write-results.js'

/** `source freshness`: how old the latest row of each source is, against what the source allows. */
export const sourceFreshnessCommand: DbtCommand = (invocation) => {
  if (invocation.flags.output !== undefined)
    invocation.log.deprecate('CustomOutputPathInSourceFreshnessDeprecation', { path: invocation.flags.output })
  return invocation.withSession(async (session) => {
    const started = performance.now()
    const { flags } = invocation
    const sources = [...invocation.select(session.project, ['source'])]
      .flatMap((id) => session.manifest.sources[id] ?? [])
      .filter(hasFreshness)
    await invocation.prepare(session, new Set(sources.map(({ unique_id }) => unique_id)))
    const { results, hasFailedHook } =
      sources.length === 0 ? { results: [], hasFailedHook: false } : await checkWithHooks(invocation, session, sources)
    const elapsedSeconds = (performance.now() - started) / 1000
    if (!flags.noWriteJson) {
      writeManifest(session.manifest, session.targetDir)
      const file = flags.output === undefined ? undefined : resolve(invocation.projectDir, flags.output)
      writeSources(results, { targetDir: session.targetDir, file }, session.project.invocation, elapsedSeconds)
      tellOfArtifact(invocation.log, 'FreshnessResult', file ?? join(session.targetDir, 'sources.json'))
    }
    const isBad = hasFailedHook || results.some(({ status }) => status === 'error' || status === 'runtime error')
    invocation.log.fire('Formatting', { msg: '' })
    if (sources.length > 0)
      invocation.log.fire('FinishedRunningStats', {
        stat_line: plural(results.length, 'source'),
        execution: ` in ${elapsedSeconds.toFixed(2)} seconds`,
        execution_time: elapsedSeconds,
      })
    invocation.log.fire('FreshnessCheckComplete', {})
    return isBad || invocation.io.signal?.aborted ? 1 : 0
  })
}

/** The project's on-run hooks run around it, as they do around a build; when one fails nothing is asked. */
async function checkWithHooks(
  invocation: CommandInvocation,
  session: RunSession,
  sources: readonly ManifestSource[],
): Promise<{ results: FreshnessResult[]; hasFailedHook: boolean }> {
  if (!invocation.behaves('source_freshness_run_project_hooks')) {
    const hooks = [...hookNodes(session, 'on-run-start'), ...hookNodes(session, 'on-run-end')]
    if (hooks.length > 0) invocation.log.deprecate('SourceFreshnessProjectHooksNotRun', {})
    return { results: await checkAll(invocation, session, sources), hasFailedHook: false }
  }
  const printer = new ResultPrinter(invocation, session)
  const options = { signal: invocation.io.signal, onEvent: (event: TransformEvent) => printer.event(event) }
  const before = await runHookNodes(session, 'on-run-start', options)
  const isStopped = before.some(({ status }) => status === 'error')
  const results = isStopped ? [] : await checkAll(invocation, session, sources)
  const after = await runHookNodes(session, 'on-run-end', { ...options, results: before })
  const failed = [...before, ...after].filter(({ status }) => status === 'error')
  for (const hook of failed) printer.problem(hook)
  return { results, hasFailedHook: failed.length > 0 }
}

/** As many at once as there are threads. */
async function checkAll(
  invocation: CommandInvocation,
  session: RunSession,
  sources: readonly ManifestSource[],
): Promise<FreshnessResult[]> {
  const { signal } = invocation.io
  const { log } = invocation
  const results: FreshnessResult[] = []
  const waiting = [...sources.entries()]
  const work = async (slot: number) => {
    for (let next = waiting.shift(); next !== undefined && !signal?.aborted; next = waiting.shift()) {
      const [i, source] = next
      const context = { node: nodeInfo(source), thread: threadName(slot) }
      const place = { index: i + 1, total: sources.length }
      log.fire('LogStartLine', { ...place, description: `freshness of ${source.source_name}.${source.name}` }, context)
      const { result, error } = await sourceFreshness(session, source, { signal, slot, threadId: threadName(slot) })
      results.push(result)
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
      if (error) log.fire('RunResultError', { msg: errorText(error).split('\n').join('\n  ') }, context)
    }
  }
  await Promise.all(Array.from({ length: session.target.threads }, (_, slot) => work(slot)))
  return results
}
