import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { sleep } from '../support/millrace.js'
import type { Dice } from '../support/random-writes.js'
import type { Server } from './soak-files.js'

export const clientOf = ({ host, port, database, user, password }: Server) =>
  new pg.Client({ host, port, database, user, password })

/** A table and a folder of files that grow until the signal aborts. */
export class GrowingSources {
  orders = 0
  lines = 0
  #files = 0
  readonly #source: Server
  readonly #dir: string

  constructor(source: Server, dir: string) {
    this.#source = source
    this.#dir = dir
  }

  async prepare(warehouse: Server): Promise<void> {
    await withClient(this.#source, (client) =>
      client.query(
        'create table orders (id serial primary key, customer int not null, amount int not null, changed bigint not null); create sequence changes',
      ),
    )
    await withClient(warehouse, (client) =>
      client.query(
        'create schema main; create schema raw; create table main.counted (run text primary key, n int not null); create table raw.orders (changed bigint)',
      ),
    )
    // The first sync makes its own.
    await withClient(warehouse, (client) => client.query('drop table raw.orders'))
  }

  async grow(dice: Dice, signal: AbortSignal): Promise<void> {
    await withClient(this.#source, async (client) => {
      while (!signal.aborted) {
        await this.#write(client, dice)
        await sleep(200 + dice.below(1_500))
      }
    })
  }

  async #write(client: pg.Client, dice: Dice): Promise<void> {
    const rows = 1 + dice.below(40)
    await client.query(
      "insert into orders (customer, amount, changed) select (random() * 50)::int, (random() * 1000)::int, nextval('changes') from generate_series(1, $1)",
      [rows],
    )
    this.orders += rows
    await client.query(
      "update orders set amount = amount + 1, changed = nextval('changes') where id in (select (random() * $1)::int from generate_series(1, 5))",
      [this.orders],
    )
    if (dice.below(3) > 0) return
    const count = 1 + dice.below(30)
    const text = Array.from({ length: count }, (_, i) => `${this.lines + i + 1},line ${this.lines + i + 1}\n`).join('')
    this.lines += count
    const path = join(this.#dir, 'data/incoming', `l${String(++this.#files).padStart(6, '0')}.csv`)
    await writeFile(`${path}.new`, `id,text\n${text}`)
    await rename(`${path}.new`, path)
  }
}

export const withClient = <T>(server: Server, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  connected(clientOf(server), work)

/** A server that is killed meanwhile is told by the query that runs. */
export async function connected<T>(client: pg.Client, work: (client: pg.Client) => Promise<T>): Promise<T> {
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}
