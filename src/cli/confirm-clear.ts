import { plural } from '../base/index.js'
import type { Definitions, OrchestrateStore } from '../orchestrate/index.js'
import { cliErrors } from './errors.js'
import { loadedTables } from './output/loaded-tables.js'
import { confirm } from './questions.js'

/** What would be emptied. */
export interface Clearing {
  readonly definitions: Definitions
  readonly assets: readonly string[]
  /** Who they belong to, as a person says it: `orders`, `run 1f3a`. */
  readonly of: string
}

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
  console.log(await loadedTables(store, definitions, assets, 'to be emptied'))
  console.log('The next sync loads everything again. What the source no longer has is lost.')
  if (await confirm(`Clear ${plural(assets.length, 'stream')} of ${of}?`)) return true
  console.log('Nothing was cleared.')
  return false
}
