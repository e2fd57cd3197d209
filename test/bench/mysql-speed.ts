import { join } from 'node:path'
import { openDuckDb } from '../../src/warehouse/index.js'
import { BenchMysql, mariaDb, orderRows } from './bench-mysql.js'
import { median, seconds } from './example-copy.js'
import { type Figure, inSeconds, times } from './figure.js'
import { byCursor, byLog, peak, whole } from './orders.js'
import { steadyLag } from './steady-lag.js'
import { type SyncOutcome, syncHere, syncInProcess } from './sync-process.js'

const rounds = 5
const changed = 100_000
const cdcChanges = 200_000
const wholeWork = 'MariaDB to DuckDB, 2 million rows of 10 columns'

/** A MariaDB of two million orders: whole, by a cursor, and from its log. */
export async function mysqlFigures(): Promise<readonly Figure[]> {
  if (mariaDb === undefined)
    return [
      {
        what: `${wholeWork}, a process of its own`,
        millrace: 'not measured',
        comparedWith: 'there is no mariadbd: name it in MILLRACE_MYSQL_SERVER',
        ratio: '',
      },
    ]
  const server = await BenchMysql.start(mariaDb)
  try {
    return [...(await wholeTable(server)), ...(await incremental(server)), ...(await fromLog(server))]
  } finally {
    await server.stop()
  }
}

async function wholeTable(server: BenchMysql): Promise<Figure[]> {
  const floors: number[] = []
  const ours: SyncOutcome[] = []
  for (let i = 0; i < rounds; i++) {
    floors.push(await server.readByClient())
    ours.push(await syncInProcess(server.connection(whole), { path: join(server.folder, `whole-${i}.duckdb`) }))
  }
  const floor = median(floors)
  const took = median(ours.map((one) => one.seconds))
  return [
    {
      what: `${wholeWork}, a process of its own`,
      millrace: `${inSeconds(took)} (${Math.round(orderRows / took / 1000)} k rows/s)`,
      comparedWith: `\`mariadb --quick\` to nowhere: ${inSeconds(floor)}`,
      ratio: times(took / floor),
    },
    peak(wholeWork, ours),
  ]
}

async function incremental(server: BenchMysql): Promise<Figure[]> {
  const target = { path: join(server.folder, 'incremental.duckdb') }
  const connection = server.connection(byCursor)
  await syncInProcess(connection, target)
  const ours: number[] = []
  for (let i = 0; i < rounds; i++) {
    await server.query(
      `set @last = (select max(updated_at) from orders); update orders set status = 'changed', updated_at = @last + interval 1 second where id % ${orderRows / changed} = ${i}`,
    )
    const synced = await syncInProcess(connection, target)
    if (synced.tableRows !== orderRows) throw new Error(`${synced.tableRows} rows are in the table`)
    ours.push(synced.seconds)
  }
  return [
    {
      what: 'MariaDB: 100 000 changed rows into 2 million, by a cursor, a process of its own',
      millrace: inSeconds(median(ours)),
      comparedWith: 'aim: 1.5 s',
      ratio: '',
    },
  ]
}

async function fromLog(server: BenchMysql): Promise<Figure[]> {
  const connection = server.connection(byLog, { replication_method: { method: 'CDC' } })
  const target = { path: join(server.folder, 'log.duckdb') }
  await syncInProcess(connection, target)
  const ours: SyncOutcome[] = []
  for (let i = 0; i < rounds; i++) {
    await server.query(`update orders set quantity = quantity + 1 where id % ${orderRows / cdcChanges} = ${i}`)
    const synced = await syncInProcess(connection, target)
    if (synced.recordsRead !== cdcChanges) throw new Error(`${synced.recordsRead} changes were read`)
    ours.push(synced)
  }
  const took = median(ours.map((one) => one.seconds))
  const work = `MariaDB, CDC: ${cdcChanges / 1000} 000 updates from the log into 2 million rows`
  const warehouse = await openDuckDb(target)
  try {
    const sync = () => syncHere(connection, server.folder, warehouse)
    const unchanged: number[] = []
    for (let i = 0; i < rounds; i++) unchanged.push(await seconds(sync))
    const change = (from: number, rows: number) =>
      server.query(`update orders set quantity = quantity + 1 where id > ${from} and id <= ${from + rows}`)
    const lag = await steadyLag('MariaDB, CDC', change, orderRows, sync)
    return [
      {
        what: `${work}, a process of its own`,
        millrace: `${inSeconds(took)} (${Math.round(cdcChanges / took / 1000)} k changes/s)`,
        comparedWith: 'aim: 50 k changes/s',
        ratio: '',
      },
      peak(work, ours),
      {
        what: 'MariaDB, CDC sync with nothing changed, engine running',
        millrace: inSeconds(median(unchanged)),
        comparedWith: 'aim: 0.3 s',
        ratio: '',
      },
      lag,
    ]
  } finally {
    await warehouse.close()
  }
}
