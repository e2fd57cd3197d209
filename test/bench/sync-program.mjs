// Syncs one connection and tells what came of it, and the most memory that the process had. It is put into one file, as the command line is.
import { syncConnection } from '../../dist/extract-load/index.js'
import { openDuckDb, openPostgres, openSnowflake } from '../../dist/warehouse/index.js'

export async function syncOnce(connection, target) {
  const open = target.path !== undefined ? openDuckDb : target.account !== undefined ? openSnowflake : openPostgres
  const warehouse = await open(target)
  const { streams } = await syncConnection({ connection, projectDir: process.cwd(), warehouse, onEvent: () => {} })
  await warehouse.close()
  const failed = streams.find(({ error }) => error)
  if (failed) throw new Error(failed.error.message)
  const { recordsRead, tableRows } = streams[0]
  return { recordsRead, tableRows, peakMegabytes: process.resourceUsage().maxRSS / 1024 }
}
