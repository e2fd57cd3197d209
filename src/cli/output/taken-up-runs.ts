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
  const byThis = `Taken over by ${processName()} `
  const events = await store.readEvents({ types: ['run_resumed'], since, limit: 1000, isBrief: true })
  const ids = new Set(events.flatMap(({ runId, message = '' }) => (message.startsWith(byThis) ? [runId] : [])))
  for (const id of [...ids].slice(0, mostTold)) {
    const run = await store.getRun(id)
    if (run) logger[run.status === 'failed' ? 'warn' : 'info'](takenUpWords(run))
  }
  if (ids.size > mostTold) logger.info(`… and ${plural(ids.size - mostTold, 'more run')} whose engine was lost.`)
}

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
