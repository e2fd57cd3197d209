import { join } from 'node:path'
import { openDuckDb } from '../../src/warehouse/index.js'
import { BenchPostgres, orderRows } from './bench-postgres.js'
import { median, seconds } from './example-copy.js'
import { type Figure, inSeconds, times } from './figure.js'
import { byCursor, byLog, peak, whole } from './orders.js'
import { steadyLag } from './steady-lag.js'
import { type SyncOutcome, syncHere, syncInProcess } from './sync-process.js'

const rounds = 5
const changed = 100_000
const cdcChanges = 500_000

/** A PostgreSQL of five million orders: into DuckDB and PostgreSQL, by a cursor, and from its log. */
export async function postgresFigures(): Promise<readonly Figure[]> {
  const server = await BenchPostgres.start()
  try {
    return [
      ...(await wholeTable(server)),
      await intoPostgres(server),
      ...(await incremental(server)),
      ...(await fromLog(server)),
    ]
  } finally {
    await server.stop()
  }
}

const beside = (what: string, value: number | undefined) =>
  value === undefined ? `not measured: there is no psql` : `${what}: ${inSeconds(value)}`

async function wholeTable(server: BenchPostgres): Promise<Figure[]> {
  const floors: (number | undefined)[] = []
  const ours: SyncOutcome[] = []
  for (let i = 0; i < rounds; i++) {
    floors.push(await server.shell(`psql "$URL" -c 'copy orders to stdout (format binary)' > /dev/null`))
    ours.push(await syncInProcess(server.connection(whole), { path: join(server.folder, `whole-${i}.duckdb`) }))
  }
  const floor = floors[0] === undefined ? undefined : median(floors as number[])
  const took = median(ours.map((one) => one.seconds))
  const work = 'PostgreSQL to DuckDB, 5 million rows of 10 columns'
  return [
    {
      what: `${work}, a process of its own`,
      millrace: `${inSeconds(took)} (${Math.round(orderRows / took / 1000)} k rows/s)`,
      comparedWith: beside('`psql` COPY, binary, to nowhere', floor),
      ratio: floor === undefined ? '' : times(took / floor),
    },
    peak(work, ours),
  ]
}

async function intoPostgres(server: BenchPostgres): Promise<Figure> {
  const floors: (number | undefined)[] = []
  const ours: number[] = []
  const { username: user, ...target } = server.access
  for (let i = 0; i < rounds; i++) {
    await server.client.query('drop table if exists piped; create table piped (like orders)')
    floors.push(
      await server.shell(
        `psql "$URL" -c 'copy orders to stdout (format binary)' | psql "$URL" -c 'copy piped from stdin (format binary)'`,
      ),
    )
    await server.client.query('drop table piped; checkpoint')
    ours.push((await syncInProcess(server.connection(whole), { ...target, user })).seconds)
    await server.client.query('checkpoint')
  }
  await server.client.query('drop schema raw, _millrace cascade')
  const floor = floors[0] === undefined ? undefined : median(floors as number[])
  return {
    what: 'PostgreSQL to PostgreSQL, 5 million rows',
    millrace: inSeconds(median(ours)),
    comparedWith: beside('`psql` COPY to `psql` COPY', floor),
    ratio: floor === undefined ? '' : times(median(ours) / floor),
  }
}

async function incremental(server: BenchPostgres): Promise<Figure[]> {
  const target = { path: join(server.folder, 'incremental.duckdb') }
  const connection = server.connection(byCursor)
  await syncInProcess(connection, target)
  const ours: number[] = []
  const unchanged: number[] = []
  const floors: (number | undefined)[] = []
  /** @returns what was the newest before */
  const change = async (round: number): Promise<string> => {
    const { rows } = await server.client.query<{ newest: string }>('select max(updated_at)::text as newest from orders')
    await server.client.query(
      // Each at a time of its own: rows that share the newest one are read again.
      `update orders set status = 'changed', updated_at = (select max(updated_at) from orders) + id * interval '1 microsecond' where id % ${orderRows / changed} = ${round}`,
    )
    return rows[0]?.newest ?? ''
  }
  for (let i = 0; i < rounds; i++) {
    // Whoever reads changed rows first waits for the server to settle them: each reader has changes of its own.
    const newest = await change(2 * i)
    floors.push(
      await server.shell(
        `PGOPTIONS='-c work_mem=64MB' psql "$URL" -c "copy (select * from orders where updated_at >= '${newest}') to stdout (format binary)" > /dev/null`,
      ),
    )
    await syncInProcess(connection, target)
    await change(2 * i + 1)
    const synced = await syncInProcess(connection, target)
    if (synced.tableRows !== orderRows) throw new Error(`${synced.tableRows} rows are in the table`)
    ours.push(synced.seconds)
    unchanged.push((await syncInProcess(connection, target)).seconds)
  }
  const floor = floors[0] === undefined ? undefined : median(floors as number[])
  return [
    {
      what: '100 000 changed rows into 5 million, by a cursor, a process of its own',
      millrace: inSeconds(median(ours)),
      comparedWith: `aim: 1.5 s; ${beside('`psql` COPY of as many such rows, to nowhere', floor)}`,
      ratio: floor === undefined ? '' : times(median(ours) / floor),
    },
    {
      what: '100 000 changed rows: the same with nothing changed',
      millrace: inSeconds(median(unchanged)),
      comparedWith: 'aim: 1 s',
      ratio: '',
    },
  ]
}

async function fromLog(server: BenchPostgres): Promise<Figure[]> {
  const cdc = { method: 'CDC', replication_slot: 'millrace_bench', publication: 'millrace_bench' }
  const connection = server.connection(byLog, { replication_method: cdc })
  const target = { path: join(server.folder, 'log.duckdb') }
  await syncInProcess(connection, target)
  const ours: SyncOutcome[] = []
  const update = (round: number) =>
    server.client.query(
      `update orders set quantity = quantity + 1 where id % ${orderRows / cdcChanges} = ${round % 10}`,
    )
  for (let i = 0; i < rounds; i++) {
    await update(i)
    ours.push(await syncInProcess(connection, target))
  }
  const took = median(ours.map((one) => one.seconds))
  const work = `CDC: ${cdcChanges / 1000} 000 updates from the log into 5 million rows`
  const warehouse = await openDuckDb(target)
  try {
    const unchanged: number[] = []
    const sync = () => syncHere(connection, server.folder, warehouse)
    for (let i = 0; i < rounds; i++) unchanged.push(await seconds(sync))
    const change = (from: number, rows: number) =>
      server.client.query(`update orders set quantity = quantity + 1 where id > ${from} and id <= ${from + rows}`)
    const lag = await steadyLag('CDC', change, orderRows, sync)
    return [
      {
        what: `${work}, a process of its own`,
        millrace: `${inSeconds(took)} (${Math.round(cdcChanges / took / 1000)} k changes/s)`,
        comparedWith: 'aim: 50 k changes/s',
        ratio: '',
      },
      peak(work, ours),
      {
        what: 'CDC sync with nothing changed, engine running',
        millrace: inSeconds(median(unchanged)),
        comparedWith: 'aim: 0.3 s',
        ratio: '',
      },
      lag,
    ]
  } finally {
    await warehouse.close()
    await server.client.query("select pg_drop_replication_slot('millrace_bench')")
  }
}
