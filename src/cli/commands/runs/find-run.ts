import type { OrchestrateStore, Run } from '../../../orchestrate/index.js'
import { cliErrors } from '../../errors.js'

/** Enough of a run's id to tell it from others typed by hand. */
const prefixLength = 4
const mostCounted = 100

/** The run of that id, or of an id that starts so; the last one when none is named. @throws RUN_NOT_FOUND */
export async function findRun(store: OrchestrateStore, id: string | undefined): Promise<Run> {
  const found = id === undefined ? (await store.listRuns({ limit: 1 }))[0] : await byIdOrPart(store, id)
  if (found) return found
  throw cliErrors.create('RUN_NOT_FOUND', {
    message: id === undefined ? 'There are no runs yet.' : `There is no run ${id}.`,
    hint: id === undefined ? "Start one: millrace materialize '*'" : '`millrace runs` lists them.',
  })
}

async function byIdOrPart(store: OrchestrateStore, id: string): Promise<Run | undefined> {
  const exact = await store.getRun(id)
  if (exact || id.length < prefixLength) return exact
  const matches = await store.findRuns(id, mostCounted + 1)
  const [match, another] = matches
  if (!another) return match
  throw cliErrors.create('RUN_NOT_FOUND', {
    message: `${matches.length > mostCounted ? `More than ${mostCounted}` : matches.length} runs have an id that begins or ends with ${id}.`,
    hint: `Give more of it: ${matches
      .slice(0, 3)
      .map((run) => run.id)
      .join(', ')}.`,
  })
}
