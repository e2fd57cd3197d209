import { expect, it } from 'vitest'
import type { StreamResult } from '../../../extract-load/index.js'
import type { ColumnChange, Metadata, RunEvent } from '../../../orchestrate/index.js'
import { changesMetadata } from '../../../orchestrate/index.js'
import { changeTeller } from './tell-changes.js'

const gone: ColumnChange = { kind: 'column_removed', column: 'note', from: 'VARCHAR' }
const added: ColumnChange = { kind: 'column_added', column: 'size', to: 'BIGINT' }
const sync = (...schemaChanges: ColumnChange[]) => ({ stream: 'orders', schemaChanges }) as unknown as StreamResult
const earlier = (metadata: Metadata) => ({ type: 'asset_materialized', metadata }) as unknown as RunEvent

/** What is told of syncs, after earlier ones (the newest first). */
async function told(syncs: readonly StreamResult[], before: readonly Metadata[] = []) {
  const found: unknown[] = []
  const tell = changeTeller(
    {
      history: async () => ({ materializations: before.map(earlier), outcomes: [] }),
      schemaChanged: (asset, changes) => found.push([asset, changes]),
    },
    new Map([['orders', 'raw/orders']]),
  )
  for (const one of syncs) await tell(one)
  return found
}

it('is told of columns that changed, and of nothing else', async () => {
  expect(await told([sync(gone, added)])).toEqual([['raw/orders', [gone, added]]])
  expect(await told([sync()])).toEqual([])
})

it('is told once of a column that each sync finds gone, also by several commits of one', async () => {
  const before = { schema_changes: changesMetadata([gone]) }
  expect(await told([sync(gone, added), sync(gone, added)], [before])).toEqual([['raw/orders', [added]]])
  expect(await told([sync(gone)], [{ unchanged: true }, before])).toEqual([])
})

it('is told again of one that came back in between', async () => {
  const before = { schema_changes: changesMetadata([gone]) }
  expect(await told([sync(gone)], [{ rows: 3 }, before])).toEqual([['raw/orders', [gone]]])
})
