import pg from 'pg'
import type { Dice } from '../../support/random-writes.js'
import { type Relation, readCatalogue } from './catalogue.js'
import { randomChange } from './random-changes.js'
import { randomTableChange } from './random-table-changes.js'

export interface Written {
  transactions: number
  statements: number
  refused: number
  tableChanges: number
}

/** Lets writers go on, or waits until all of them stand still between two transactions. */
export class Gate {
  #opened: Promise<void> | undefined
  #open: () => void = () => {}
  #inside = 0

  async pass(work: () => Promise<void>): Promise<void> {
    while (this.#opened) await this.#opened
    this.#inside++
    try {
      await work()
    } finally {
      this.#inside--
    }
  }

  async close(): Promise<void> {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
    while (this.#inside > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  open(): void {
    this.#opened = undefined
    this.#open()
  }
}

/** Writes whatever the tables take, until the signal aborts: each statement in a savepoint, so that one that is refused ends nothing. */
export async function writeAnything(
  options: pg.ClientConfig,
  dice: Dice,
  gate: Gate,
  signal: AbortSignal,
  written: Written,
): Promise<void> {
  const client = new pg.Client({ ...options, application_name: 'writer' })
  client.on('error', () => {})
  await client.connect()
  await client.query(
    "set lock_timeout = '3s'; set statement_timeout = '20s'; set idle_in_transaction_session_timeout = '60s'",
  )
  let tables: readonly Relation[] = []
  for (let i = 0; !signal.aborted; i++) {
    await gate.pass(async () => {
      if (signal.aborted) return
      // Others change tables too.
      if (i % 10 === 0) tables = (await readCatalogue(client)).filter(({ kind }) => kind === 'table')
      await transaction(client, dice, tables, written)
    })
    if (dice.below(3) === 0) await new Promise((resolve) => setTimeout(resolve, dice.below(80)))
  }
  await client.end()
}

async function transaction(
  client: pg.Client,
  dice: Dice,
  tables: readonly Relation[],
  written: Written,
): Promise<void> {
  const isKept = dice.below(8) > 0
  const changesTable = dice.below(40) === 0
  await client.query('begin')
  const count = 1 + dice.below(8)
  const at = dice.below(count)
  for (let i = 0; i < count; i++) {
    if (changesTable && i === at && (await attempt(randomTableChange(dice, tables, written.tableChanges))) && isKept)
      written.tableChanges++
    else await attempt(randomChange(dice, tables))
  }
  // Constraints that are looked at in the end only may still refuse it.
  await client.query(isKept ? 'commit' : 'rollback').catch(() => client.query('rollback'))
  written.transactions++

  async function attempt(sql: string): Promise<boolean> {
    const end = dice.below(20) === 0 ? 'rollback to savepoint s; release savepoint s' : 'release savepoint s'
    try {
      await client.query('savepoint s')
      await client.query(sql)
      await client.query(end)
      written.statements++
      return true
    } catch {
      written.refused++
      await client.query('rollback to savepoint s; release savepoint s')
      return false
    }
  }
}
