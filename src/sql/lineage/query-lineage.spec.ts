import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { duckdbDialect, postgresDialect, queryLineage, type SqlDialect } from '../index.js'

const tables: Record<string, string[]> = {
  orders: ['id', 'customer_id', 'amount', 'at'],
  customers: ['customer_id', 'name'],
  events: ['id', 'items', 'payload'],
}
const lineageOf = (sql: string, dialect = duckdbDialect) =>
  queryLineage(sql, {
    dialect,
    relationOf: (parts) => {
      const id = parts.at(-1) ?? ''
      return tables[id] && { id, columns: tables[id], isComplete: true }
    },
  })
/** Each column in one line: name, how it is made, of what. */
const lines = (sql: string, dialect?: SqlDialect) =>
  lineageOf(sql, dialect).columns.map(
    ({ name, use, inputs, unknown }) =>
      `${name}: ${unknown ?? [use, ...inputs.map((input) => `${input.relation}.${input.column}`)].join(' ')}`,
  )
const unknownColumns = (sql: string) => lineageOf(sql).unknownColumns.map(({ name }) => name)

describe('queryLineage', () => {
  it('tells copied, transformed, aggregated and constant columns apart', () => {
    expect(
      lines(
        `select id, amount * 2 as twice, 1 as one, count(*) as n, sum(amount) over (order by at) as run from orders`,
      ),
    ).toEqual([
      'id: copied orders.id',
      'twice: transformed orders.amount',
      'one: constant',
      'n: aggregated',
      'run: aggregated orders.amount orders.at',
    ])
  })
  it('shows the expression that made a column, also when it is only passed on afterwards', () => {
    const { columns } = lineageOf(
      `with a as (select id, amount / 100 as euro from orders) select * from (select id, euro from a) b`,
    )
    expect(columns.map(({ name, expression }) => `${name} = ${expression}`)).toEqual(['id = id', 'euro = amount / 100'])
  })
  it('names the columns that decide which rows there are', () => {
    const { rows } = lineageOf(
      `select name, sum(amount) as total from orders join customers using (customer_id) where at > '2024-01-01' group by name having count(id) > 1`,
    )
    expect(rows.map(({ relation, column, use }) => `${use} ${relation}.${column}`).sort()).toEqual([
      'filter orders.at',
      'filter orders.id',
      'group customers.name',
      'join customers.customer_id',
      'join orders.customer_id',
    ])
  })
  it.each([
    [
      'select * from orders join customers using (customer_id)',
      'id customer_id amount at name',
      'customer_id id amount at name',
    ],
    ['select * from customers natural join orders', 'customer_id name id amount at', 'customer_id name id amount at'],
    ['select * exclude (at, id) from orders', 'customer_id amount', 'customer_id amount'],
    ['select * rename (id as key) from orders', 'key customer_id amount at', 'key customer_id amount at'],
    ['from orders', 'id customer_id amount at', 'id customer_id amount at'],
    ['select id from orders union all by name select name from customers', 'id name', 'id name'],
    ['table customers', 'customer_id name', 'customer_id name'],
  ])('expands %s', (sql, duckdb, postgres) => {
    const names = (dialect: SqlDialect) =>
      lineageOf(sql, dialect)
        .columns.map(({ name }) => name)
        .join(' ')
    expect([names(duckdbDialect), names(postgresDialect)]).toEqual([duckdb, postgres])
  })
  it.each([
    ['full', 'customer_id: transformed orders.customer_id customers.customer_id'],
    ['left', 'customer_id: copied orders.customer_id'],
    ['right', 'customer_id: copied customers.customer_id'],
  ])('takes a joined column of a %s join from where it can come from', (type, line) => {
    expect(lines(`select customer_id from orders ${type} join customers using (customer_id)`)).toEqual([line])
  })
  it('follows laterals, lambdas, lists, structs and recursion', () => {
    expect(
      lines(`select l.twice, list_transform(items, x -> x + e.id) as more, [y for y in items if y > 1] as some, payload.a.b as deep
        from events e, lateral (select e.id * 2 as twice) l`),
    ).toEqual([
      'twice: transformed events.id',
      'more: transformed events.items events.id',
      'some: transformed events.items',
      'deep: transformed events.payload',
    ])
    expect(
      lines(
        `with recursive up as (select id, 0 as level from orders union all select id, level + 1 from up where level < 3) select * from up`,
      ),
    ).toEqual(['id: copied orders.id', 'level: constant'])
  })
  it('says what it does not know, and guesses nothing', () => {
    expect(lines('select id, other from orders, strange')).toEqual([
      'id: copied orders.id',
      'other: copied strange.other',
    ])
    expect(lines('select other from strange, stranger')).toEqual([
      'other: it is not known which table other belongs to',
    ])
    expect(lineageOf('select * from strange')).toMatchObject({ columns: [], isComplete: false })
    expect(lineageOf('select columns(*) from orders')).toMatchObject({ isComplete: false })
    expect(lineageOf('pivot orders on id using sum(amount)')).toMatchObject({
      isComplete: false,
      reason: 'the SQL is not understood here: `pivot` where a query was expected (line 1)',
    })
  })
  it('passes on what is known of a table whose columns nobody declared', () => {
    expect(lines('with source as (select * from raw.strange) select id, upper(name) as name from source')).toEqual([
      'id: copied raw.strange.id',
      'name: transformed raw.strange.name',
    ])
  })
  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      ...[
        'select',
        'from',
        'orders',
        '(',
        ')',
        ',',
        '*',
        'id',
        'as',
        'with',
        'a',
        '.',
        'join',
        'on',
        '=',
        "'x'",
        '1',
        'case',
      ],
      ...[
        'when',
        'end',
        'union',
        'over',
        '[',
        ']',
        '{',
        '}',
        '::',
        'using',
        'values',
        '"',
        "'",
        '$$',
        '--',
        '/*',
        'lateral',
      ],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        expect(lineageOf(pieces.join(' '))).toHaveProperty('columns')
      }),
      { numRuns: 1000 },
    )
    expect(lineageOf(`select ${'('.repeat(50_000)}`)).toMatchObject({ isComplete: false })
  })
})

describe('unknown columns', () => {
  it.each([
    ['select amuont from orders', ['amuont']],
    ['select o.nam, c.name from orders o join customers c on c.customer_id = o.customer', ['o.customer', 'o.nam']],
    ['select x.id from orders o', ['x.id']],
    ['with a as (select id from orders) select amount from a', ['amount']],
    ['select id from orders where total > 1', ['total']],
    [
      'select id from orders where exists (select 1 from customers c where c.customer_id = orders.custmer_id)',
      ['orders.custmer_id'],
    ],
    ['select id from orders order by nmae', ['nmae']],
    ['with a as (select nope from orders) select 1 as one', ['nope']],
  ])('are found in %s', (sql, names) => {
    expect(unknownColumns(sql).sort()).toEqual(names)
  })
  it('say where they stand and what could be meant', () => {
    const sql = 'select o.amuont from orders o'
    const [found] = lineageOf(sql).unknownColumns
    expect(found && sql.slice(found.start, found.end)).toBe('o.amuont')
    expect(found).toMatchObject({ candidates: tables.orders, lookedIn: ['o'] })
  })
})
