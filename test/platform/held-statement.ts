import type pg from 'pg'
import { eventually } from '../support/millrace.js'

/** Where a process is to hang: in the statement that writes such a row, or in the commit of the transaction that did. */
export interface Place {
  readonly table: string
  readonly on: 'insert' | 'update' | 'insert or update'
  readonly at: 'before' | 'after' | 'commit'
  /** SQL over `new`, the row. */
  readonly row?: string
}

export interface Held {
  /** Resolves when a process hangs there. */
  reached(): Promise<void>
  /** Ends the sessions that hang there, as when their connections are gone before the rest of what they sent has come. */
  end(): Promise<void>
  /** Lets go of who hangs there, and holds nobody any more. */
  release(): Promise<void>
}

let number = 0

/**
 * Makes PostgreSQL itself wait at a place, so that a process can be killed at exactly that place: whoever comes there waits for
 * a lock that this client has. A deferred trigger runs in the commit: who is killed there dies before it learns that it was done.
 */
export async function holdAt(client: pg.Client, { table, on, at, row = 'true' }: Place): Promise<Held> {
  const lock = 8_125_000 + ++number
  const name = `hold_${number}`
  const when = `for each row when (${row}) execute function ${name}()`
  await client.query('select pg_advisory_lock($1)', [lock])
  await client.query(
    `create function ${name}() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock_shared(${lock}); return new; end';
     create ${at === 'commit' ? 'constraint ' : ''}trigger ${name} ${at === 'before' ? 'before' : 'after'} ${on} on ${table}
       ${at === 'commit' ? 'deferrable initially deferred ' : ''}${when}`,
  )
  const waiting = async () => {
    const { rows } = await client.query(
      "select 1 from pg_locks where locktype = 'advisory' and objid = $1 and not granted",
      [lock],
    )
    return rows.length > 0
  }
  return {
    reached: () => eventually(`somebody hangs at ${table}`, waiting, { everyMs: 10 }).then(() => {}),
    async end() {
      await client.query(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = $1 and not granted",
        [lock],
      )
    },
    async release() {
      await client.query('select pg_advisory_unlock($1)', [lock])
      await client.query(`drop trigger ${name} on ${table}; drop function ${name}()`)
    },
  }
}
