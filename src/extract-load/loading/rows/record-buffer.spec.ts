import { expect, it } from 'vitest'
import { recordRun } from '../../../../test/support/record-run.js'
import { rowsPerGroup, textAt } from '../../../warehouse/index.js'
import type { RecordBatch } from '../../connectors/connector.js'
import { declaredColumns } from '../../protocol/declared-types.js'
import { RecordBuffer } from './record-buffer.js'

const columns = declaredColumns({ properties: { id: { type: 'integer' } } })

const runOf = (from: number, to: number) => recordRun(Array.from({ length: to - from }, (_, i) => from + i))

const idsOf = ({ chunks }: RecordBatch) =>
  chunks.flatMap(({ columns: [ids], rowCount }) =>
    Array.from({ length: rowCount }, (_, row) => Number(ids && Buffer.from(textAt(ids, row)).toString())),
  )
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

it('whole groups of rows are taken, and the rest waits in its order', () => {
  const buffer = new RecordBuffer(columns)
  const all = rowsPerGroup + 5000
  for (let at = 0; at < all; at += 1000) buffer.add(runOf(at, Math.min(all, at + 1000)))
  const before = buffer.sizeBytes
  const group = buffer.takeGroups()
  expect(group.rows).toBe(rowsPerGroup)
  expect(idsOf(group)).toEqual(numbers(0, rowsPerGroup))
  expect(buffer.sizeBytes).toBeLessThan(before)
  buffer.add(runOf(all, all + 10))
  const rest = buffer.take()
  expect([rest.rows, idsOf(rest)]).toEqual([5010, numbers(rowsPerGroup, all + 10)])
  expect(group.sizeBytes + rest.sizeBytes).toBeGreaterThan(all * 50)
  expect(buffer.sizeBytes).toBe(0)
})

it('what makes no whole group is taken as it is', () => {
  const buffer = new RecordBuffer(columns)
  buffer.add(runOf(0, 3000))
  const batch = buffer.takeGroups()
  expect([batch.rows, idsOf(batch)]).toEqual([3000, numbers(0, 3000)])
  expect(buffer.take().rows).toBe(0)
})

it('what is reserved for columns is no reason to take the records', () => {
  const properties = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`c${i}`, { type: 'string' }]))
  const buffer = new RecordBuffer(declaredColumns({ properties }))
  buffer.add(runOf(0, 10))
  expect(buffer.sizeBytes).toBeLessThan(10_000)
  expect(buffer.columnsBytes).toBeGreaterThan(1000 * 32 * 1024)
  buffer.take()
  expect(buffer.columnsBytes).toBe(0)
})
