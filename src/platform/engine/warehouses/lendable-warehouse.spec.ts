import { expect, it } from 'vitest'
import { Bell } from '../../../base/index.js'
import type { Warehouse, WarehouseConnection } from '../../../warehouse/index.js'
import { LendableWarehouse } from './lendable-warehouse.js'

/** A warehouse that notes when it is opened and closed. */
function noted() {
  const notes: string[] = []
  const open = async () => {
    notes.push('open')
    const connection = { close: async () => {} } as unknown as WarehouseConnection
    return {
      type: 'duckdb',
      connect: async () => ({ ...connection }),
      listSchemas: async () => ['main'],
      close: async () => void notes.push('close'),
    } as unknown as Warehouse
  }
  return { notes, shared: new LendableWarehouse(open) }
}
const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

it('is closed while it is lent, and opened again by whoever asks next', async () => {
  const { notes, shared } = noted()
  const warehouse = await shared.view()
  const away = new Bell()
  const lent = shared.lend(() => away.wait())
  await settled()
  expect([notes, shared.isAway]).toEqual([['open', 'close'], true])
  const schemas: string[] = []
  const asked = warehouse.listSchemas().then((found) => schemas.push(...found))
  await settled()
  expect(schemas).toEqual([])
  away.ring()
  await Promise.all([lent, asked])
  expect([notes, schemas]).toEqual([['open', 'close', 'open'], ['main']])
})

it('waits for who has a connection, who may open another one', async () => {
  const { notes, shared } = noted()
  const warehouse = await shared.view()
  const first = await warehouse.connect()
  const lent = shared.lend(async () => void notes.push('work'))
  await settled()
  const second = await warehouse.connect()
  await first.close()
  await settled()
  expect(notes).toEqual(['open'])
  await second.close()
  await lent
  expect(notes).toEqual(['open', 'close', 'work'])
})

it('who waits for it can give up, and so can who waits to borrow it', async () => {
  const { shared } = noted()
  const warehouse = await shared.view()
  const stop = new AbortController()
  const connection = await warehouse.connect()
  const lent = shared.lend(async () => {}, stop.signal)
  stop.abort()
  await expect(lent).rejects.toMatchObject({ code: 'ABORTED' })
  await connection.close()
  const away = new Bell()
  const other = shared.lend(() => away.wait())
  await settled()
  await expect(warehouse.connect({ signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' })
  away.ring()
  await other
})
