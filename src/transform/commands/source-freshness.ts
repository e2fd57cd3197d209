import { resolve } from 'node:path'
import { writeManifest, writeSources } from '../artifacts/write.js'
import type { ManifestSource } from '../contract.js'
import { transformErrors } from '../errors.js'
import { threadName } from '../execute/execution-scope.js'
import { type FreshnessResult, type FreshnessStatus, hasFreshness, sourceFreshness } from '../execute/freshness.js'
import type { RunSession } from '../execute/open-session.js'
import type { CommandInvocation, DbtCommand } from './invocation.js'
import { errorLines, padded } from './print-results.js'

/** `source freshness`: how old the latest row of each source is, against what the source allows. */
export const sourceFreshnessCommand: DbtCommand = (invocation) => {
  if (invocation.rest[0] !== 'freshness')
    throw transformErrors.create('TRANSFORM_USAGE', {
      message: `There is no command \`dbt source ${invocation.rest[0] ?? ''}\`.`,
      hint: 'It is `dbt source freshness`.',
    })
  return invocation.withSession(async (session) => {
    const started = performance.now()
    const { flags } = invocation
    const sources = [...invocation.select(session.project, ['source'])]
      .flatMap((id) => session.manifest.sources[id] ?? [])
      .filter(hasFreshness)
    if (sources.length === 0) invocation.info('Nothing to do: no selected source has `freshness` thresholds.')
    const results = await checkAll(invocation, session, sources)
    const elapsedSeconds = (performance.now() - started) / 1000
    if (!flags.noWriteJson) {
      writeManifest(session.manifest, session.targetDir)
      const file = flags.output === undefined ? undefined : resolve(invocation.io.cwd, flags.output)
      writeSources(results, { targetDir: session.targetDir, file }, session.project.invocation, elapsedSeconds)
    }
    const isBad = results.some(({ status }) => status === 'error' || status === 'runtime error')
    invocation.info('')
    invocation.info('Done.')
    return isBad || invocation.io.signal?.aborted ? 1 : 0
  })
}

/** As many at once as there are threads. */
async function checkAll(
  invocation: CommandInvocation,
  session: RunSession,
  sources: readonly ManifestSource[],
): Promise<FreshnessResult[]> {
  const { signal, stdout } = invocation.io
  const results: FreshnessResult[] = []
  const waiting = [...sources.entries()]
  const work = async (slot: number) => {
    for (let next = waiting.shift(); next !== undefined && !signal?.aborted; next = waiting.shift()) {
      const [i, source] = next
      const place = `${i + 1} of ${sources.length}`
      const shown = `freshness of ${source.source_name}.${source.name}`
      invocation.info(padded(`${place} START ${shown}`, 'RUN'))
      const { result, error } = await sourceFreshness(session, source, { signal, slot, threadId: threadName(slot) })
      results.push(result)
      const time = `in ${(result.execution_time ?? 0).toFixed(2)}s`
      invocation.info(padded(`${place} ${words[result.status]} ${shown}`, `${words[result.status]} ${time}`))
      if (error) for (const line of errorLines(error)) stdout(`  ${line}`)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, session.target.threads) }, (_, slot) => work(slot)))
  return results
}

const words: Readonly<Record<FreshnessStatus, string>> = {
  pass: 'PASS',
  warn: 'WARN',
  error: 'ERROR STALE',
  'runtime error': 'ERROR',
}
