import { quoteLiteral } from '../../sql/index.js'
import { DuckDBInstance } from './driver.js'

/**
 * Whether DuckDB stumbled over its own log when it opened a file that a killed process left. It cannot repeat an `alter table` that calls
 * a function (a default, a change to JSON) while it opens the database that is the session's own.
 */
export const isUnreplayable = (error: unknown) => error instanceof Error && /replaying WAL file/i.test(error.message)

/** Lets DuckDB repeat the log of a file that is attached to another database, where it can, and write the file whole. */
export async function replayLog(path: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', settings)
  try {
    const connection = await instance.connect()
    await connection.run(`attach ${quoteLiteral(path)} as recovered`)
    await connection.run('checkpoint recovered')
    await connection.run('detach recovered')
    connection.closeSync()
  } finally {
    instance.closeSync()
  }
}
