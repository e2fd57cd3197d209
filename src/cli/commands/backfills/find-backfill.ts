import type { Backfill, OrchestrateStore } from '../../../orchestrate/index.js'
import { cliErrors } from '../../errors.js'

/** The backfill of that id, or the only one of an id that starts or ends so; the last one when none is named. @throws RUN_NOT_FOUND */
export async function findBackfill(store: OrchestrateStore, id: string | undefined): Promise<Backfill> {
  const all = await store.listBackfills({ limit: 500 })
  const matches = id === undefined ? all.slice(0, 1) : all.filter((one) => one.id.startsWith(id) || one.id.endsWith(id))
  const [match, another] = matches
  if (match && !another) return match
  throw cliErrors.create('RUN_NOT_FOUND', {
    message: another
      ? `${matches.length} backfills have an id that begins or ends with ${id}.`
      : id === undefined
        ? 'There are no backfills yet.'
        : `There is no backfill ${id}.`,
    hint: '`millrace backfills` lists them.',
  })
}
