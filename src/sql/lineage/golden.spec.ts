import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { queryLineage, sqlDialect } from '../index.js'

interface Case {
  readonly name: string
  readonly dialect: string
  readonly sql: string
  readonly columns: Readonly<Record<string, readonly string[]>>
}
const folder = new URL('../../../test/golden/lineage/', import.meta.url)
const tables = JSON.parse(readFileSync(new URL('schema.json', folder), 'utf8')) as Record<string, string[]>
const { cases } = JSON.parse(readFileSync(new URL('results.json', folder), 'utf8')) as { cases: readonly Case[] }

describe('the lineage of columns', () => {
  it('is compared with what sqlglot says of at least 60 queries', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60)
  })
  it.each(cases)('of $name', ({ sql, dialect, columns }) => {
    const found = queryLineage(sql, {
      dialect: sqlDialect(dialect),
      relationOf: (parts) => {
        const name = (parts.at(-1) ?? '').toLowerCase()
        const known = tables[name]
        return known && { id: name, columns: known, isComplete: true }
      },
    })
    expect(found.unknownColumns).toEqual([])
    expect(found.isComplete).toBe(true)
    const ours = found.columns.map(({ name, inputs }) => [
      name.toLowerCase(),
      inputs.map(({ relation, column }) => `${relation}.${column.toLowerCase()}`).sort(),
    ])
    expect(Object.fromEntries(ours)).toEqual(columns)
  })
})
