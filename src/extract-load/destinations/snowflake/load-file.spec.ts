import { expect, it } from 'vitest'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { loadFile } from './load-file.js'

it('finds the stage of a table by its names, whatever signs they have', async () => {
  const sent: string[] = []
  const connection = { query: async (sql: string) => void sent.push(sql) } as unknown as WarehouseConnection
  await loadFile(connection, { path: '/x/rows', schema: 'a.b', table: 'it"s', columns: [] })
  expect(sent[0]).toContain(`put 'file:///x/rows/*' @"A.B"."%IT""S" `)
  expect(sent[1]).toContain(`copy into "A.B"."IT""S" from (select  from @"A.B"."%IT""S")`)
})
