import { plural } from '../base/index.js'
import type { Definitions, OrchestrateStore } from '../orchestrate/index.js'
import { loadedTables } from './output/loaded-tables.js'
import { confirm } from './questions.js'

interface Refreshing {
  readonly definitions: Definitions
  readonly assets: readonly string[]
  /** Who they belong to, as a person says it. */
  readonly of: string
}

/** Whether streams may be read from the start: on a terminal it shows which tables that replaces, and asks. In a pipe nobody is there to ask. */
export async function mayRefresh(
  store: OrchestrateStore,
  { definitions, assets, of }: Refreshing,
  { yes, json }: { readonly yes?: boolean; readonly json?: boolean },
): Promise<boolean> {
  if (yes || json || assets.length === 0 || !process.stdin.isTTY || !process.stdout.isTTY) return true
  console.log(await loadedTables(store, definitions, assets, 'read anew'))
  console.log(
    'Everything is read from the start. A table keeps its rows until the new ones are there; then what the source no longer has is lost.',
  )
  if (await confirm(`Read ${plural(assets.length, 'stream')} of ${of} anew?`)) return true
  console.log('Nothing was read.')
  return false
}
