import { type Logger, plural, processName } from '../../base/index.js'
import type { OrchestrateStore, Run } from '../../orchestrate/index.js'
import { selectionWords } from './run-words.js'

type RunsAndEvents = Pick<OrchestrateStore, 'readEvents' | 'getRun'>

/** So many are told one by one. */
const mostTold = 5

/**
 * A command that becomes the engine goes on with the runs whose engine was killed, beside what it was asked for: whoever waits for it is told
 * which, and what became of them.
 * @param since when the command began
 */
export async function tellTakenUpRuns(store: RunsAndEvents, since: Date, logger: Pick<Logger, 'info' | 'warn'>) {
  const events = await store.readEvents({ types: ['run_resumed'], since, limit: 1000 })
  const ids = events.flatMap(({ runId, metadata }) => (metadata?.worker === processName() ? [runId] : []))
  const runs: Run[] = []
  for (const id of new Set(ids)) {
    const run = await store.getRun(id)
    if (run) runs.push(run)
  }
  // Who reads no further has read of those that failed.
  runs.sort((a, b) => Number(hasFailed(b)) - Number(hasFailed(a)))
  for (const run of runs.slice(0, mostTold)) logger[hasFailed(run) ? 'warn' : 'info'](takenUpWords(run))
  const others = runs.slice(mostTold)
  const failed = others.filter(hasFailed).length
  if (others.length > 0)
    logger[failed > 0 ? 'warn' : 'info'](
      `… and ${plural(others.length, 'more run')} whose engine was lost${failed > 0 ? `, of which ${failed} failed` : ''}.`,
    )
}

const hasFailed = ({ status }: Run) => status === 'failed'

const mostCharacters = 80
const cut = (text: string) => (text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text)

function takenUpWords({ id, selection, status }: Run): string {
  const ended = {
    succeeded: 'succeeded',
    failed: `failed: see \`millrace runs show ${id.slice(-8)}\``,
    cancelled: 'was cancelled',
  }
  const how = (ended as Readonly<Record<string, string>>)[status] ?? 'is not through: the next command goes on with it'
  return `The run ${id} (${cut(selectionWords(selection))}), whose engine was lost, was taken up as well, and ${how}.`
}
