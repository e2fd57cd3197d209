import { grouped, plural } from '../base/index.js'
import type { Definitions, OrchestrateStore } from '../orchestrate/index.js'
import { cliErrors } from './errors.js'
import { terminalWidth, textTable } from './output/table.js'
import { openQuestions } from './questions.js'

/** What would be emptied. */
export interface Clearing {
  readonly definitions: Definitions
  readonly assets: readonly string[]
  /** Who they belong to, as a person says it: `orders`, `run 1f3a`. */
  readonly of: string
}

/** More of them say no more than their number. */
const streamsShown = 20

/** Whether tables may be emptied: shows which, with their rows, and asks. @throws CLI_USAGE where nobody can be asked */
export async function mayClear(
  store: OrchestrateStore,
  { definitions, assets, of }: Clearing,
  { yes, json }: { readonly yes?: boolean; readonly json?: boolean },
): Promise<boolean> {
  if (yes || assets.length === 0) return true
  if (json || process.stdin.isTTY !== true)
    throw cliErrors.create('CLI_USAGE', {
      message: `${plural(assets.length, 'stream')} of ${of} would be cleared, and nobody can be asked.`,
      hint: 'Without a terminal, say so with --yes.',
    })
  const states = new Map((await store.assetStates(assets)).map((one) => [one.key, one]))
  const placeOf = (asset: string) => {
    const relation = definitions.assets.find((one) => one.key === asset)?.relation
    if (relation) return `${relation.schema}.${relation.identifier}`
    const streams = definitions.connections.flatMap((connection) => connection.streams)
    return streams.find((stream) => stream.asset === asset)?.name ?? asset
  }
  const rowsOf = (asset: string) => {
    const rows = states.get(asset)?.lastMetadata?.rows
    return typeof rows === 'number' ? grouped(rows) : undefined
  }
  console.log(
    textTable(
      [{ name: 'to be emptied' }, { name: 'rows', isNumeric: true }],
      assets.slice(0, streamsShown).map((asset) => [placeOf(asset), rowsOf(asset)]),
      { width: terminalWidth(), missing: '?' },
    ),
  )
  if (assets.length > streamsShown) console.log(`… and ${assets.length - streamsShown} more`)
  console.log('The next sync loads everything again. What the source no longer has is lost.')
  const questions = openQuestions()
  try {
    if (await questions.yes(`Clear ${plural(assets.length, 'stream')} of ${of}?`, false)) return true
    console.log('Nothing was cleared.')
    return false
  } finally {
    questions.close()
  }
}
