import { expect, it } from 'vitest'
import { baseErrors, MillraceError } from '../../base/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import { plannedReads } from './planned-reads.js'

/** One whose dry run reads as many bytes as the SQL has characters, and knows no table `later`. */
function warehouse(open: { now: number; most: number }, tells = true, stopped = false): Warehouse {
  const estimate = async (sql: string) => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (stopped) throw baseErrors.create('ABORTED', { message: 'Cancelled.' })
    if (sql.includes('later')) throw new Error('Not found: Table later')
    return { bytesProcessed: sql.length, statement: 'SELECT', columns: [] }
  }
  const connect = async () => {
    open.most = Math.max(open.most, ++open.now)
    return { ...(tells ? { estimate } : {}), close: async () => void open.now-- }
  }
  return { connect } as unknown as Warehouse
}

const queries = new Map([...Array(9).keys()].map((i) => [`model.${i}`, i === 3 ? 'from later' : 'x'.repeat(i)]))

it('tells what each query would read, but of one that reads what is not built yet, over a few connections', async () => {
  const open = { now: 0, most: 0 }
  const reads = await plannedReads(warehouse(open), queries)
  expect([...(reads ?? [])].sort()).toEqual(
    [...queries].filter(([id]) => id !== 'model.3').map(([id, sql]) => [id, sql.length]),
  )
  expect(open).toEqual({ now: 0, most: 4 })
})

it('tells nothing where the engine does not, and stops when it is stopped', async () => {
  const open = { now: 0, most: 0 }
  expect(await plannedReads(warehouse(open, false), queries)).toBeUndefined()
  await expect(plannedReads(warehouse(open, true, true), queries)).rejects.toBeInstanceOf(MillraceError)
  expect(open.now).toBe(0)
})
