import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresDialect, queryLineage } from '../../src/sql/index.js'
import { type StartedServer, startPostgres } from '../support/postgres-server.js'

const tables: Readonly<Record<string, readonly string[]>> = {
  orders: ['id', 'customer_id', 'amount', 'status', 'at', 'tags', 'doc'],
  customers: ['id', 'name', 'city'],
  comp: ['id', 'p'],
}
const setup = `create schema shop; set search_path to shop;
create table orders(id int, customer_id int, amount numeric(12,2), status text, at timestamp, tags text[], doc jsonb);
create table customers(id int, name text, city text);
create type pair as (a int, b text);
create table comp(id int, p pair)`

/** SQL that the warehouse takes although a careless look might miss a column in it. */
const valid = String.raw`
select ctid, xmin, tableoid::regclass, id from orders
select distinct on (customer_id) * from orders order by customer_id, at desc nulls last
select o.*, c.name from orders o left join lateral (select name from customers where id = o.customer_id limit 1) c on true
select (p).a, (p).b from comp
select (comp.p).a from comp
select doc->>'x', doc#>>'{a,b}', doc @> '{"a":1}', doc ? 'a', doc ?| array['a'] from orders
select tags[1], tags[1:2], array_length(tags,1), 'a' = any(tags) from orders
select t.tag, t.n from orders, unnest(tags) with ordinality as t(tag, n)
select k, v from orders, jsonb_each(doc) as e(k, v)
select key, value from orders, jsonb_each_text(doc)
select e.value from orders, jsonb_array_elements(doc) e
select e from orders, jsonb_array_elements(doc) e
select x.a from jsonb_to_recordset('[{"a":1}]') as x(a int, b text)
select g from generate_series(1,3) g
select d::date from generate_series('2020-01-01'::timestamp, '2020-01-03', '1 day') d
select i from generate_series(1,3) as s(i)
select count(*) filter (where amount > 1), array_agg(id order by at desc), percentile_cont(0.5) within group (order by amount) from orders
select sum(amount) over (partition by status order by at rows between 2 preceding and current row exclude current row) from orders
select rank() over w from orders window w as (order by amount)
select status from orders group by grouping sets ((status), ()) having grouping(status) = 0
select coalesce(status, 'x') collate "C" as s from orders order by s
select status as s from orders group by s order by s
select amount as a from orders order by amount, a
select case when status ~* '^a' then 1 else 0 end, status !~ 'b', status like 'a\_%' escape '\' from orders
select extract(epoch from at - interval '1 day'), date_trunc('day', at), at at time zone 'utc', at + '1 day'::interval from orders
select substring(status from 1 for 2), position('a' in status), overlay(status placing 'x' from 1 for 1), trim(leading 'x' from status) from orders
select row(id, status), (id, status) = (1, 'a'), row_to_json(o), to_jsonb(o.*) from orders o
select o from orders o
select orders from orders
select current_user, session_user, current_timestamp(3), localtime, current_catalog from orders
select id from orders where exists (select from customers where customers.id = orders.customer_id)
select id from orders where (id, customer_id) in (select id, id from customers)
select id from orders where amount > all (select 1) and customer_id = some (array[1,2])
with recursive r(n, path) as (select id, array[id] from orders union all select n + 1, path || n from r where n < 3) select n, path from r
with x as materialized (select id from orders) select id from x for update
select * from orders natural join customers
select id from orders join customers using (id)
select orders.id, c.id from orders full join customers c using (id)
select * from (orders join customers using (id)) as j where j.name is not null
select a.id from (select * from orders) as a(id, b, c) where b is null
select * from (values (1,'a'),(2,'b')) as v(k, w) where k > 1
select column1 from (values (1),(2)) v
select cast(amount as double precision), amount::numeric(10,2), cast(at as timestamp(3) without time zone), '1'::character varying(3) from orders
select timestamp '2020-01-01', date '2020-01-01', interval '1' day, double precision '1.5' from orders
select string_agg(distinct status, ',' order by status) from orders
select id from orders tablesample system (10)
select name from customers union select status from orders order by name
select id from orders fetch first 3 rows only
select id from orders offset 1 limit 2
table orders
select shop.orders.id from shop.orders
select nullif(id, 1)::text || status as x, -id, +id, @ id, ~ id, id % 2, id ^ 2, id # 1 from orders
select is_ok is true, is_ok is not unknown from (select id > 1 as is_ok from orders) s
select E'a\'b', $$x$$, U&'\0041', B'01', X'ff' from orders
select "id", "orders"."status" from "shop"."orders"
select user from orders
select s.id from orders s where s.status similar to 'a|b' and s.id between symmetric 2 and 1 and s.status is distinct from 'z'
select id isnull, status notnull from orders
select json_build_object('a', id, 'b', status), jsonb_path_query(doc, '$.a') from orders
select max(id) from orders having max(id) > 0
`
  .trim()
  .split('\n')

describe('the lineage of columns beside PostgreSQL', () => {
  let server: StartedServer
  let client: pg.Client
  beforeAll(async () => {
    server = await startPostgres()
    client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query(setup)
  }, 60_000)
  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  it.each(valid)('sees no unknown column, and the right names, in %s', async (sql) => {
    // It runs, so every name in it stands for something.
    const { fields } = await client.query(sql)
    const found = queryLineage(sql, {
      dialect: postgresDialect,
      relationOf: (parts) => {
        const id = (parts.at(-1) ?? '').toLowerCase()
        const columns = tables[id]
        return columns && { id, columns, isComplete: true }
      },
    })
    expect(found.unknownColumns).toEqual([])
    expect(found.reason ?? '').not.toContain('not understood')
    if (found.isComplete) expect(found.columns.map(({ name }) => name)).toEqual(fields.map(({ name }) => name))
  })
})
