// Syncs one connection in a process of its own. Arguments: the connection and the warehouse, as JSON. Prints what came of it and the most memory it had.
import { syncConnection } from '../../dist/extract-load/index.js'
import { openDuckDb, openPostgres, openSnowflake } from '../../dist/warehouse/index.js'

const connection = JSON.parse(process.argv[2])
const target = JSON.parse(process.argv[3])
const open = target.path !== undefined ? openDuckDb : target.account !== undefined ? openSnowflake : openPostgres
const warehouse = await open(target)
const { streams } = await syncConnection({ connection, projectDir: process.cwd(), warehouse, onEvent: () => {} })
await warehouse.close()
const failed = streams.find(({ error }) => error)
if (failed) throw new Error(failed.error.message)
const { recordsRead, tableRows } = streams[0]
console.log(JSON.stringify({ recordsRead, tableRows, peakMegabytes: process.resourceUsage().maxRSS / 1024 }))
