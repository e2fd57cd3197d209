import { describe, expect, it } from 'vitest'
import type { ColumnKind } from '../../warehouse/index.js'
import type { RowWindow } from '../contract.js'
import { rowWindow, windowSql, windowText } from './row-window.js'

const window = (start: string, end: string, timezone = 'UTC', unit?: 'seconds' | 'milliseconds'): RowWindow => ({
  type: 'time',
  field: 'f',
  start: new Date(start),
  end: new Date(end),
  timezone,
  unit,
})
const sql = (of: RowWindow, kind: ColumnKind) => windowSql(of, { name: 'f', kind }, 'f')

describe('a window of time means', () => {
  const day = window('2024-06-01T22:00Z', '2024-06-02T22:00Z', 'Europe/Berlin')
  it('instants as they are, and what clocks show where a value has no zone', () => {
    expect(sql(day, 'timestamptz')).toBe(
      "f >= timestamptz '2024-06-01 22:00:00.000+00' and f < timestamptz '2024-06-02 22:00:00.000+00'",
    )
    expect(sql(day, 'timestamp')).toBe(
      "f >= timestamp '2024-06-02 00:00:00.000' and f < timestamp '2024-06-03 00:00:00.000'",
    )
    expect(sql(day, 'date')).toBe("f >= date '2024-06-02' and f < date '2024-06-03'")
  })
  it('whole numbers by what they count', () => {
    const hour = ['1970-01-01T01:00Z', '1970-01-01T02:00Z'] as const
    expect(sql(window(...hour, 'UTC', 'seconds'), 'integer')).toBe('f >= 3600 and f < 7200')
    expect(sql(window(...hour, 'UTC', 'milliseconds'), 'integer')).toBe('f >= 3600000 and f < 7200000')
    expect(() => sql(window(...hour), 'integer')).toThrow('holds whole numbers')
  })
  it('of an hour that comes twice all rows once: they are in the second', () => {
    const zone = 'America/New_York'
    expect(sql(window('2023-11-05T05:00Z', '2023-11-05T06:00Z', zone), 'timestamp')).toBe(
      "f >= timestamp '2023-11-05 01:00:00.000' and f < timestamp '2023-11-05 01:00:00.000'",
    )
    expect(sql(window('2023-11-05T06:00Z', '2023-11-05T07:00Z', zone), 'timestamp')).toBe(
      "f >= timestamp '2023-11-05 01:00:00.000' and f < timestamp '2023-11-05 02:00:00.000'",
    )
  })
  it('nothing for what is no time, and for days that it cuts', () => {
    for (const kind of ['text', 'boolean', 'float', 'json', 'time', 'uuid'] as const)
      expect(() => sql(day, kind)).toThrow(
        `The field \`f\`, by which a stream is cut into partitions, holds no times (${kind})`,
      )
    expect(() => sql(window('2024-06-01T22:00Z', '2024-06-02T22:00Z'), 'date')).toThrow('cut in two')
  })
})

it('keys are the values of a field as texts', () => {
  const keys: RowWindow = { type: 'values', field: 'f', values: ["o'x", 'b'] }
  expect(sql(keys, 'text')).toBe("f in ('o''x', 'b')")
  expect(sql(keys, 'integer')).toBe("cast(f as varchar) in ('o''x', 'b')")
  expect(() => sql(keys, 'timestamptz')).toThrow('several ways')
  expect(windowText(keys)).toBe("o'x, b")
})

it('is made of the partitions that were chosen, and told in their clock', () => {
  const partitions = {
    by: 'hourly',
    field: 'at',
    start: '2024-01-01',
    timezone: 'Asia/Kolkata',
    unit: 'seconds',
  } as const
  const [start, end] = [new Date('2024-01-01T18:30Z'), new Date('2024-01-01T20:30Z')]
  const made = rowWindow(partitions, { keys: ['a', 'b'], part: { start, end } })
  expect(made).toEqual({ type: 'time', field: 'at', start, end, timezone: 'Asia/Kolkata', unit: 'seconds' })
  expect(windowText(made)).toBe('2024-01-02 to 2024-01-02 02:00')
})
