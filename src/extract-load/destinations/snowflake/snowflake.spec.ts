import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../base/index.js'
import { type WarehouseConnection, withConnection } from '../../../warehouse/index.js'
import { isWidened, planColumns } from '../../loading/rows/table-shape.js'
import { openStaging } from '../staging.js'
import { snowflakeDialect } from './dialect.js'

describe('whole numbers of a DECIMAL', () => {
  it.each([10, 37, 38])('of %i digits stay what they are at the second sync', (digits) => {
    const incoming = { name: 'n', type: `DECIMAL(${digits},0)`, kind: 'decimal' } as const
    const type = snowflakeDialect.typeOf(incoming)
    expect(type).toBe(`number(${digits},0)`)
    // As DESCRIBE tells it afterwards.
    const stored = { name: 'n', type: type.toUpperCase(), kind: 'integer', isNullable: true, position: 1 } as const
    const old = snowflakeDialect.columnOf(stored)
    const [plan] = planColumns([old], [incoming])
    expect(plan).toMatchObject({ isUnrelated: false, column: { type: old.type } })
    expect(plan && isWidened(plan)).toBe(false)
    // Nor is the table made anew where it is replaced.
    expect(snowflakeDialect.typeOf(old)).toBe(type)
  })
})

describe('a table that is made anew', () => {
  const kindOf = (rows: readonly (readonly string[])[]) => {
    const asked: string[] = []
    const columns = ['name', 'kind'].map((name) => ({ name, type: 'VARCHAR', kind: 'text' as const }))
    const query = async (sql: string) => {
      asked.push(sql)
      return { columns, rows, truncated: false }
    }
    const kind = snowflakeDialect.kindOfTable?.({ query } as unknown as WarehouseConnection, `"RAW"."A'""B"`)
    return { kind, asked }
  }
  it('stays of its kind', async () => {
    const { kind, asked } = kindOf([
      [`A'"B_2`, 'TRANSIENT'],
      [`A'"B`, 'TABLE'],
    ])
    expect(await kind).toBe('')
    expect(asked).toEqual([`show tables in schema "RAW" starts with 'A''"B'`])
    expect(await kindOf([[`A'"B`, 'TRANSIENT']]).kind).toBe('transient')
    const selected = [{ name: '"A"', sql: 'cast("A" as varchar)' }]
    expect(snowflakeDialect.rebuilt('"R"."T"', selected, '')).toBe(
      'create or replace table "R"."T" copy grants as select cast("A" as varchar) as "A" from "R"."T"',
    )
    expect(snowflakeDialect.rebuilt('"R"."T"', selected, 'transient')).toMatch(/^create or replace transient table /)
  })
})

it('the rows of a large load are several files, and none are lost', async () => {
  const own = await temporaryFolder('load')
  const folder = join(own, 'rows')
  const staging = await openStaging()
  onTestFinished(async () => {
    await staging.close()
    await rm(own, { recursive: true })
  })
  const options = snowflakeDialect.file.options.replace("'150MB'", "'50KB'")
  const back = await withConnection(staging.warehouse, async (connection) => {
    await connection.query(`copy (select i, md5(i::varchar) from range(50000) t(i)) to '${folder}' (${options})`)
    return connection.query(`select count(distinct column0) as n from read_csv('${folder}/*', header = false)`)
  })
  expect(Number(back.rows[0]?.[0])).toBe(50_000)
  const files = await readdir(folder)
  expect(files.length).toBeGreaterThan(2)
  expect(files.every((file) => file.endsWith('.csv.zst'))).toBe(true)
})
