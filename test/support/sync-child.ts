/** Syncs the one connection of a project, as a process of its own that a test may kill or starve. */
import { join } from 'node:path'
import { readConnections, syncConnection } from '../../src/extract-load/index.js'
import { openDuckDb, openPostgres, type PostgresWarehouseOptions } from '../../src/warehouse/index.js'

/** A file of DuckDB's, or a database as JSON. */
const openWarehouse = (place: string) =>
  place.startsWith('{') ? openPostgres(JSON.parse(place) as PostgresWarehouseOptions) : openDuckDb({ path: place })

const [projectDir = '', warehousePath = '', checkpointBytes] = process.argv.slice(2)
const warehouse = await openWarehouse(warehousePath)
const { connections } = await readConnections(projectDir, join(projectDir, 'el'), { env: {} })
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
