import { systemClock } from '../base/index.js'
import { metastoreErrors } from './errors.js'
import { isRefused, isWorthAnotherTry, shortageOf } from './pg-errors.js'

const pauseMs = 100

/** @throws METASTORE_UNREACHABLE, METASTORE_REFUSED; what the statement itself is wrong in, as the server said it */
export async function patiently<T>(patienceMs: number, attempt: () => Promise<T>): Promise<T> {
  const deadline = systemClock.monotonicMs() + patienceMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!isWorthAnotherTry(error)) throw shortageOf(error) ? unreachable(error) : error
      if (systemClock.monotonicMs() >= deadline) throw unreachable(error)
      await systemClock.sleep(pauseMs)
    }
  }
}

export function unreachable(cause: unknown) {
  if (isRefused(cause))
    return metastoreErrors.create('METASTORE_REFUSED', {
      message: `The metadata store refuses: ${cause.message}.`,
      hint: 'Check user, password and database in DATABASE_URL (or metastore.url). Who may not create schemas and tables needs `millrace migrate` by a user who may, before a new version.',
      cause,
    })
  if (cause instanceof Error && cause.message.includes('unsupported startup parameter'))
    return metastoreErrors.create('METASTORE_SCHEMA_IGNORED', {
      message: `A pooler answers at the address of the metadata store, and does not take the schema that connections ask for: ${cause.message}.`,
      hint: 'Give the address of the PostgreSQL itself; or add `pooler=session` to this one where the pooler gives each connection a session of its own (PgBouncer: pool_mode = session).',
      cause,
    })
  const why =
    cause instanceof Error && cause.message !== '' ? cause.message : String((cause as { code?: unknown }).code)
  const shortage = shortageOf(cause)
  return metastoreErrors.create('METASTORE_UNREACHABLE', {
    message: `The metadata store ${shortage?.what ?? 'does not answer'}: ${why}`,
    hint: shortage?.hint ?? 'Check DATABASE_URL (or metastore.url) and that the server runs.',
    cause,
  })
}
