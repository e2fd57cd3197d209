import { expect, it } from 'vitest'
import { type Cell, type QueryOptions, type WarehouseConnection, warehouseErrors } from '../../../warehouse/index.js'
import { UnchangedRow } from '../loaded-warehouse/index.js'
import { commitAsScript } from './commit.js'

/** A connection that fails as often as there are errors. */
function failing(...errors: Error[]) {
  const sent: string[] = []
  let given: readonly Cell[] | undefined
  const connection = {
    query: async (sql: string, { params }: QueryOptions) => {
      sent.push(sql)
      given = params
      const error = errors.shift()
      if (error) throw error
      return { columns: [], rows: [], truncated: false }
    },
  } as unknown as WarehouseConnection
  return { sent, connection, params: () => given }
}

const statements = [
  {
    sql: 'update `s`.`t` set `a` = cast(? as string) where `b` = ?',
    params: ["it's ?", 'x'],
    mustChange: true,
    holds: { sql: 'exists (select 1 from `s`.`t` where `b` = ?)', params: ['x'] },
  },
  { sql: 'delete from `raw`.`orders`' },
]

it('is one script: what must hold is asked first, and every deletion has a condition', async () => {
  const { sent, connection, params } = failing()
  await commitAsScript(connection, statements, undefined)
  expect(sent[0]?.split(';\n')).toEqual([
    'begin transaction',
    "select if(exists (select 1 from `s`.`t` where `b` = ?), 0, error('millrace: a row that was to be changed is another one now'))",
    'update `s`.`t` set `a` = cast(? as string) where `b` = ?',
    'delete from `raw`.`orders` where true',
    'commit transaction',
    '',
  ])
  expect(params()).toEqual(['x', "it's ?", 'x'])
})

it('begins again where another transaction stood in the way, and not where a row is another one', async () => {
  const conflict = warehouseErrors.create('WAREHOUSE_CONFLICT', { message: 'concurrent update' })
  const once = failing(conflict)
  await commitAsScript(once.connection, statements, undefined)
  expect(once.sent).toHaveLength(2)
  const changed = failing(new Error('millrace: a row that was to be changed is another one now; error raised at [2:3]'))
  await expect(commitAsScript(changed.connection, statements, undefined)).rejects.toThrow(UnchangedRow)
  expect(changed.sent).toHaveLength(1)
})
