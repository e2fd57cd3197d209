import { expect, it } from 'vitest'
import type { RelationName, WarehouseConnection } from '../../../warehouse/index.js'
import { loadFile } from './load-file.js'

it('loads into the table of these names, and texts of JSON through one beside it', async () => {
  const sent: string[] = []
  const loaded: RelationName[] = []
  const connection = {
    query: async (sql: string) => void sent.push(sql),
    loadFile: async (_: string, relation: RelationName) => void loaded.push(relation),
  } as unknown as WarehouseConnection
  const file = { path: '/x/rows.parquet', schema: 'raw', table: 'a`b' }
  await loadFile(connection, { ...file, columns: [{ name: 'n', type: 'BIGINT', kind: 'integer' }] })
  expect(loaded).toEqual([{ schema: 'raw', identifier: 'a`b' }])
  await loadFile(connection, { ...file, columns: [{ name: 'j', type: 'JSON', kind: 'json' }] })
  expect(loaded[1]?.identifier).toMatch(/^a`b_[0-9a-f]{8}$/)
  expect(sent[1]).toMatch(/^insert into `raw`\.`a\\`b` \(`j`\) select parse_json/)
})
