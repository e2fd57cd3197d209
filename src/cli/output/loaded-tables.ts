import { grouped } from '../../base/index.js'
import type { Definitions, OrchestrateStore } from '../../orchestrate/index.js'
import { terminalWidth, textTable } from './table.js'

/** More of them say no more than their number. */
const streamsShown = 20

/** The tables of streams with the rows that they had when they were loaded last, for who is to say yes to what becomes of them. */
export async function loadedTables(
  store: OrchestrateStore,
  { connections, assets: known }: Definitions,
  assets: readonly string[],
  heading: string,
): Promise<string> {
  const states = new Map((await store.assetStates(assets)).map((one) => [one.key, one]))
  const placeOf = (asset: string) => {
    const relation = known.find((one) => one.key === asset)?.relation
    if (relation) return `${relation.schema}.${relation.identifier}`
    const streams = connections.flatMap((connection) => connection.streams)
    return streams.find((stream) => stream.asset === asset)?.name ?? asset
  }
  const rowsOf = (asset: string) => {
    const rows = states.get(asset)?.lastMetadata?.rows
    return typeof rows === 'number' ? grouped(rows) : undefined
  }
  const table = textTable(
    [{ name: heading }, { name: 'rows', isNumeric: true }],
    assets.slice(0, streamsShown).map((asset) => [placeOf(asset), rowsOf(asset)]),
    { width: terminalWidth(), missing: '?' },
  )
  return assets.length > streamsShown ? `${table}\n… and ${assets.length - streamsShown} more` : table
}
