import { setTimeout as sleep } from 'node:timers/promises'

const below = (end) => Math.floor(Math.random() * end)
const cities = ['Bergen', 'Lyon', 'Porto', 'Graz', 'Gdansk', 'Ghent']
const next = { placed: 'paid', paid: 'shipped', shipped: 'delivered' }

/** Keeps the shop busy: so many transactions a second, until the signal aborts. @returns how many there were */
export async function trade(client, { perSecond, signal }) {
  const lots = events.flatMap(([often, event]) => Array(often).fill(event))
  let done = 0
  for (; !signal.aborted; done++) {
    const event = lots[below(lots.length)]
    await client.query('begin')
    await event(client)
    await client.query('commit')
    await sleep(1000 / perSecond, undefined, { signal }).catch(() => {})
  }
  return done
}

async function placeOrder(client) {
  const { rows } = await client.query(
    `insert into shop.orders (customer_id)
     select id from shop.customers where id >= (select min(id) + floor(random() * (max(id) - min(id) + 1))::bigint from shop.customers) order by id limit 1
     returning id`,
  )
  if (rows.length === 0) return
  await client.query(
    `insert into shop.order_items (order_id, line, product_id, quantity, price)
     select $1, row_number() over (), id, 1 + floor(random() * 4)::int, price from (select id, price from shop.products order by random() limit $2) p`,
    [rows[0].id, 1 + below(4)],
  )
}

async function moveOn(client) {
  const status = Object.keys(next)[below(3)]
  await client.query(
    `update shop.orders set status = $2, changed_at = now() where id = (select id from shop.orders where status = $1 order by id limit 1)`,
    [status, next[status]],
  )
}

const cancel = (client) =>
  client.query(
    `update shop.orders set status = 'cancelled', changed_at = now() where id = (select id from shop.orders where status = 'placed' order by id desc limit 1)`,
  )

const join = (client) =>
  client.query('insert into shop.customers (name, email, city) values ($1, $2, $3)', [
    `Customer ${below(1e6)}`,
    `someone${below(1e6)}@example.com`,
    cities[below(cities.length)],
  ])

const changePrice = (client) =>
  client.query(
    'update shop.products set price = round(price * (0.9 + random() * 0.2)::numeric, 2) where id = (select id from shop.products order by random() limit 1)',
  )

/** A customer asks to be forgotten: the orders go as well. */
const forget = (client) =>
  client.query('delete from shop.customers where id = (select id from shop.customers order by random() limit 1)')

/** What happens in the shop, and how often in a hundred times. Each is one transaction. */
const events = [
  [40, placeOrder],
  [45, moveOn],
  [4, cancel],
  [6, join],
  [3, changePrice],
  [2, forget],
]
