import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { duckdbDialect, queryLineage } from '../../src/sql/index.js'
import { openDuckDb, type Warehouse, type WarehouseConnection } from '../../src/warehouse/index.js'

const types: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  orders: {
    id: 'int',
    customer_id: 'int',
    product_id: 'int',
    amount: 'decimal(12, 2)',
    status: 'varchar',
    made_at: 'timestamp',
  },
  customers: { id: 'int', name: 'varchar', city: 'varchar' },
  products: { id: 'int', title: 'varchar', price: 'decimal(12, 2)' },
  events: {
    id: 'int',
    payload: 'json',
    items: 'int[]',
    s: 'struct(a int, b struct(c varchar))',
    m: 'map(varchar, int)',
  },
}

/** SQL that the warehouse takes although a careless look might miss a column in it. */
const valid = `
select rowid, id from orders
select s.a, s.b.c, s['a'] from events
select e.s.b.c from events e
select main.events.s.a from main.events
select o from orders o
select amount as a, a + 1 as b from orders where a > 1 group by all having b > 2
select id as k from orders qualify row_number() over (partition by k order by amount) = 1
select list_transform(items, x -> x + id) from events
select list_transform(items, lambda x, i: x + i) from events
select [x * 2 for x in items if x > 1] from events
select list_reduce(items, (a, b) -> a + b) from events
select unnest(items) as item, item + 1 from events
select item from events, unnest(items) as t(item)
select t.item from events, lateral (select unnest(items) as item) t
select unnest from events, unnest(items)
select n from range(3) r(n)
select range from range(3)
select g.generate_series from generate_series(1, 3) g
select * from (values (1, 'a'), (2, 'b')) v(k, w) where k > 1 and w = 'a'
select col0, col1 from (values (1, 'a'))
select id from orders order by amount desc nulls last limit 3
select id as key from orders order by key
select status, count(*) as n from orders group by 1 order by 2
select status, count(*) from orders group by grouping sets ((status), ()) order by all
select status from orders group by rollup (status, customer_id)
select (select name from customers c where c.id = o.customer_id) as name from orders o
select id from orders o where exists (select 1 from customers where id = o.customer_id and amount > 1)
select id from orders where (id, customer_id) in (select id, id from products)
select id from orders where customer_id = any (select id from customers)
select "ID", "Amount" from ORDERS
select orders.* exclude (id), 1 as id from orders
select * replace (upper(status) as status) from orders
select columns('a.*') from orders
select max(columns(*)) from orders
select columns(c -> c like 'a%') from orders
select * like 'a%' from orders
from orders select id where amount > 1
from (from orders select id, amount as a) select a
with a as (select 1 as x), b as (select x + 1 as y from a) select a.x, b.y from a, b
with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select n from r
select a.id, b.id from orders a positional join customers b
select o.id from orders o asof join events e on o.id >= e.id
select id from orders natural join (select id from customers)
select id, name from orders join customers using (id)
select orders.id, customers.id from orders join customers using (id)
select id from (orders join customers using (id)) where name is not null
select x.id from (select * from orders) x left join customers y on x.id = y.id and y.city = 'R'
pivot orders on status using sum(amount) group by customer_id
select * from (pivot orders on status using sum(amount))
select * from (unpivot products on price into name what value v)
select what, v from (unpivot products on price into name what value v)
select current_date, current_timestamp, current_schema, today(), now()
select date_part('year', made_at), extract('month' from made_at), made_at::date, made_at + interval (id) day, date '2024-01-01' from orders
select case status when 'a' then id else customer_id end from orders
select status.upper().substr(1, 2) from orders
select amount::decimal(10, 2)::varchar, cast(made_at as timestamp with time zone), try_cast(status as int[]) from orders
select {'a': id, 'b': {'c': status}}.b.c from orders
select map {'a': id}['a'] from orders
select m['x'], map_keys(m) from events
select payload->>'$.a', payload->'b'->>0, payload ->> 'id' from events
select count(*) filter (where amount > 0), count(*) filter (amount > 0) from orders
select string_agg(status, ',' order by id desc) from orders
select quantile_cont(amount, 0.5), arg_max(id, amount), first(status order by made_at) from orders
select sum(amount) over w, lag(id, 1, 0) over (w rows between 1 preceding and current row) from orders window w as (partition by customer_id order by made_at)
select id from orders union select id from customers except select id from products order by id
(select id from orders) union all (select id from customers limit 1)
select id from orders tablesample 10%
select id from orders using sample 10 rows
select 1 as "from", 2 as "select"
select "from" from (select 1 as "from")
select 'x' as orders, orders.id from orders
select id k, amount a from orders where k = a
select key: id, total: amount + 1 from orders
select x'ab'::blob, e'a\\'b', $$id$$, 1e5, .5, 1_000 from orders
select not amount > 1 and status not in ('a') or status not like 'b%' and id not between 1 and 2 from orders
select status is not distinct from 'a', status is null, status similar to 'a', status glob 'a*', status ~ 'a' from orders
select coalesce(status, 'x') collate nocase from orders
select struct_pack(a := id, b := status) from orders
select row(id, status), (id, status) from orders
select (id + 1) * -amount, - -id, id % 2, id ** 2, id // 2, id & 1, id << 1, id || 'x' from orders
select items[1], items[1:2], items[-1], items[:2] from events
select distinct on (customer_id) customer_id, id from orders order by customer_id, made_at
select t.k, t.v from (select unnest(map_keys(m)) as k, k as v from events) t
select a.b from (select {'b': 1} as a)
select a.b.c from (select {'b': {'c': 1}} as a)
select id from orders limit (select count(*) from customers)
select o.id from orders as o(id, c, p, a, s, t) where o.t is not null and c > 1
with t(a, b) as (select id, amount from orders) select a, b from t
select id from main.orders where main.orders.amount > 1
select * from orders o, lateral (select name from customers c where c.id = o.customer_id)
select sub.total from (select sum(amount) total from orders) sub
select count(distinct (id, status)), sum(distinct amount) from orders
select trim(both 'x' from status), substring(status from 1 for 2), position('a' in status) from orders
select regexp_extract(status, '(a)(b)', ['x', 'y']).x from orders
`
  .trim()
  .split('\n')

describe('the lineage of columns beside DuckDB', () => {
  let warehouse: Warehouse
  let connection: WarehouseConnection
  beforeAll(async () => {
    warehouse = await openDuckDb({ path: ':memory:' })
    connection = await warehouse.connect()
    for (const [table, columns] of Object.entries(types)) {
      const list = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`)
      await connection.query(`create table ${table} (${list.join(', ')})`)
    }
  })
  afterAll(async () => {
    await connection.close()
    await warehouse.close()
  })
  const lineageOf = (sql: string) =>
    queryLineage(sql, {
      dialect: duckdbDialect,
      relationOf: (parts) => {
        const id = (parts.at(-1) ?? '').toLowerCase()
        const columns = types[id]
        return columns && { id, columns: Object.keys(columns), isComplete: true }
      },
    })

  it.each(valid)('sees no unknown column in %s', async (sql) => {
    // It runs, so every name in it stands for something.
    const { columns } = await connection.query(sql)
    const found = lineageOf(sql)
    expect(found.unknownColumns).toEqual([])
    if (found.isComplete)
      expect(found.columns.map(({ name }) => name.toLowerCase())).toEqual(columns.map(({ name }) => name.toLowerCase()))
  })

  it('understands nearly all of it', () => {
    const notRead = valid.filter((sql) => lineageOf(sql).reason?.includes('not understood'))
    expect(notRead).toEqual([
      'pivot orders on status using sum(amount) group by customer_id',
      'select * from (pivot orders on status using sum(amount))',
      'select * from (unpivot products on price into name what value v)',
      'select what, v from (unpivot products on price into name what value v)',
    ])
  })

  const { cases } = JSON.parse(readFileSync(new URL('../golden/lineage/results.json', import.meta.url), 'utf8')) as {
    cases: { name: string; dialect: string; sql: string }[]
  }
  it.each(cases.filter(({ dialect }) => dialect === 'duckdb'))(
    'names the columns of $name as it does',
    async ({ sql }) => {
      const { columns } = await connection.query(sql)
      expect(lineageOf(sql).columns.map(({ name }) => name.toLowerCase())).toEqual(
        columns.map(({ name }) => name.toLowerCase()),
      )
    },
  )
})
