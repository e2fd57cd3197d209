import { expect, it } from 'vitest'
import { newId } from './ids.js'

it('sorts by time, and within a millisecond by order, however many come', () => {
  const at = Date.now()
  const ids = [...Array.from({ length: 20_000 }, () => newId(at)), newId(at + 100)]
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

it('tells the time, also of a clock that was set back', () => {
  const now = newId()
  const before = newId(Date.now() - 3_600_000)
  expect(before < now).toBe(true)
  expect(Math.abs(Date.now() - Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16))).toBeLessThan(5_000)
})
