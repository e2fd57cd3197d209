import { describe, expect, it } from 'vitest'
import { type ColumnVector, textAt } from '../../../warehouse/index.js'
import { holdsToSchema, type SpecObject } from '../connector-spec.suite.js'
import { readColumn } from './columns.js'
import { postgresConfigSchema } from './config.js'
import { CopyDecoder } from './copy/decode-copy.js'
import { postgresConnector } from './index.js'

describe('spec', () => {
  const spec = postgresConnector.spec as unknown as SpecObject
  const base = { host: 'h', database: 'd', username: 'u' }
  holdsToSchema(spec, postgresConfigSchema, base)
  it('asks for what there is no connection without', () => {
    expect(Object.keys(spec.properties.ssl_mode?.properties ?? {})).toEqual(
      Object.keys(postgresConfigSchema.shape.ssl_mode.unwrap().shape),
    )
    expect(postgresConfigSchema.safeParse(base).success).toBe(true)
    for (const key of spec.required)
      expect(postgresConfigSchema.safeParse({ ...base, [key]: undefined }).success).toBe(false)
    expect(Object.keys(base)).toEqual(spec.required)
  })
})

describe('columns', () => {
  const of = (type: string, modifier = -1, category = 'b') => readColumn({ name: 'x"y', type, category, modifier })
  const packed = (precision: number, scale: number) => ((precision << 16) | (scale & 0x7ff)) + 4
  it.each([
    ['numeric(12,2)', of('numeric', packed(12, 2)), 'DECIMAL(12,2)', '"x""y"'],
    ['numeric(38,38)', of('numeric', packed(38, 38)), 'DECIMAL(38,38)', '"x""y"'],
    ['numeric(3,-2)', of('numeric', packed(3, -2)), 'DECIMAL(5,0)', '"x""y"'],
    ['numeric(2,5)', of('numeric', packed(2, 5)), 'DECIMAL(5,5)', '"x""y"'],
    ['numeric(39,0)', of('numeric', packed(39, 0)), 'VARCHAR', '"x""y"::text'],
    ['an array', of('_int4'), 'JSON', 'to_json("x""y")'],
    ['a composite type', of('pair', -1, 'c'), 'JSON', 'to_json("x""y")'],
    ['a type of an extension', of('geometry'), 'VARCHAR', '"x""y"::text'],
  ])('%s', (_, column, type, sql) => {
    expect([column.reader().type, column.sql]).toEqual([type, sql])
  })
  it('say which of their rows are asked for', () => {
    expect(of('text').rowsFrom("a'")).toBe(`"x""y" collate "C" >= 'a''' or "x""y" is null`)
    expect(of('numeric').rowsFrom('1.5')).toBe(`"x""y" >= '1.5' or "x""y" is null`)
    expect(of('mood').rowsIn({ type: 'values', field: 'x"y', values: ['a', 'b'] })).toBe(`"x""y"::text in ('a', 'b')`)
  })
})

describe('rows of a binary copy', () => {
  const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
  const row = (...values: (Buffer | null)[]) =>
    Buffer.concat([
      Buffer.from([0, values.length]),
      ...values.map((value) => {
        const length = Buffer.alloc(4)
        length.writeInt32BE(value?.length ?? -1)
        return value ? Buffer.concat([length, value]) : length
      }),
    ])
  it('become chunks of at most 2 048, with what is missing marked in each', () => {
    const decoder = new CopyDecoder([readColumn({ name: 'a', type: 'int2', category: 'b', modifier: -1 }).reader()])
    const chunks = Array.from({ length: 2050 }, (_, i) => {
      const bytes = row(i % 2 === 0 ? Buffer.from([1, i & 0xff]) : null)
      return decoder.add(i === 0 ? Buffer.concat([header, bytes]) : bytes, 0)
    }).filter((chunk) => chunk !== undefined)
    expect(decoder.add(Buffer.from([0xff, 0xff]), 0)).toBeUndefined()
    const last = decoder.end()
    expect(chunks.map((chunk) => chunk.rowCount)).toEqual([2048])
    expect(chunks[0]?.columns[0]?.validity?.every((byte) => byte === 0b01010101)).toBe(true)
    expect(last?.rowCount).toBe(2)
    expect([...(last?.columns[0]?.data ?? [])].slice(0, 2)).toEqual([0, 1])
    expect(decoder.end()).toBeUndefined()
  })
  it('keep short texts inside and name the long ones', () => {
    const decoder = new CopyDecoder([readColumn({ name: 'a', type: 'text', category: 'b', modifier: -1 }).reader()])
    decoder.add(Buffer.concat([header, row(Buffer.from('exactly 12 b'))]), 0)
    decoder.add(row(Buffer.from('one more byte')), 0)
    const [column] = decoder.end()?.columns ?? []
    expect(Buffer.from(column?.data.subarray(0, 16) ?? []).toString()).toBe('\x0c\0\0\0exactly 12 b')
    expect(Buffer.from(textAt(column as ColumnVector, 1)).toString()).toBe('one more byte')
  })
})
