// Syncs the one connection of a project, as a process of its own that a test may kill or starve. It uses what is built: that starts three
// times as quickly as the source, and the tests start many.
import { join } from 'node:path'
import { readConnections, syncConnection } from '../../dist/extract-load/index.js'
import { openDuckDb, openPostgres } from '../../dist/warehouse/index.js'

/** A file of DuckDB's, or a database as JSON. */
const openWarehouse = (place) => (place.startsWith('{') ? openPostgres(JSON.parse(place)) : openDuckDb({ path: place }))

const [projectDir = '', warehousePath = '', checkpointBytes] = process.argv.slice(2)
const warehouse = await openWarehouse(warehousePath)
const { connections } = await readConnections(projectDir, join(projectDir, 'el'), { env: {} })
/** Dies before a statement with this text, as if somebody had killed it there. */
const diesAt = process.env.MILLRACE_DIES_AT
if (diesAt) {
  const connect = warehouse.connect.bind(warehouse)
  warehouse.connect = async (options) => {
    const connection = await connect(options)
    const query = connection.query.bind(connection)
    connection.query = (sql, more) => {
      if (sql.includes(diesAt)) process.kill(process.pid, 'SIGKILL')
      return query(sql, more)
    }
    return connection
  }
}
const [connection] = connections
if (!connection) throw new Error('no connection')
const result = await syncConnection({
  connection,
  projectDir,
  warehouse,
  checkpoint: checkpointBytes === undefined ? undefined : { bytes: Number(checkpointBytes), ms: 60_000 },
  onEvent: (event) => {
    if (event.type === 'stream_started') console.log('started')
  },
})
await warehouse.close()
console.log(JSON.stringify(result.streams.find(({ status }) => status !== 'succeeded') ?? result.streams[0]))
