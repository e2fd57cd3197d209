import type { PoolClient } from 'pg'
import type { Delivery, DeliveryStore, Tick } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { jsonText } from './json-text.js'
import { type Row, toTick } from './rows.js'

export function webhookQueries(database: Database): DeliveryStore {
  return {
    keepDelivery: (delivery, { forMs, mostWaiting }) =>
      database.transaction(async (client) => {
        const { id, sensor, deliveryId, receivedAt, payload, headers } = delivery
        const known = await knownDelivery(client, delivery)
        if (known) return { delivery: known, isNew: false }
        const { rows } = await client.query<Row>(
          `insert into webhook_deliveries (id, sensor, delivery_id, received_at, payload, headers, taken_until)
           select $1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)
           where (select count(*) from webhook_deliveries where sensor = $2 and tick_id is null) < $8
           on conflict (sensor, delivery_id) do nothing returning *`,
          [id, sensor, deliveryId, receivedAt, jsonText(payload), jsonText(headers), forMs / 1000, mostWaiting],
        )
        if (rows[0]) return { delivery: toDelivery(rows[0]), isNew: true }
        // Sent twice at the same moment, or too many.
        const other = await knownDelivery(client, delivery)
        return other && { delivery: other, isNew: false }
      }),

    async claimDeliveries({ forMs, most, from }) {
      const rows = await database.rows(
        `update webhook_deliveries set taken_until = now() + make_interval(secs => $1)
         where id in (
           select id from webhook_deliveries where tick_id is null and taken_until < now() and (sensor = any($3)) = $4
           order by received_at, id limit $2 for update skip locked
         ) returning *`,
        [forMs / 1000, most, 'only' in from ? from.only : from.except, 'only' in from],
      )
      return rows.map(toDelivery)
    },

    async holdDelivery(id, forMs) {
      await database.rows(
        'update webhook_deliveries set taken_until = now() + make_interval(secs => $2) where id = $1 and tick_id is null',
        [id, forMs / 1000],
      )
    },
  }
}

/**
 * Notes which tick a delivery became; answers the one that it is already, where somebody else was faster. What came with it has done its
 * work and is forgotten.
 */
export async function tickOfDelivery(client: PoolClient, delivery: string, tick: string): Promise<Tick | undefined> {
  const { rows } = await client.query<Row>(
    'update webhook_deliveries set tick_id = $2, payload = null, headers = null where id = $1 and tick_id is null returning id',
    [delivery, tick],
  )
  if (rows[0]) return undefined
  const known = await client.query<Row>(
    'select t.* from ticks t join webhook_deliveries d on d.tick_id = t.id where d.id = $1',
    [delivery],
  )
  return known.rows[0] && toTick(known.rows[0])
}

async function knownDelivery(
  client: PoolClient,
  { sensor, deliveryId }: Pick<Delivery, 'sensor' | 'deliveryId'>,
): Promise<Delivery | undefined> {
  const { rows } = await client.query<Row>('select * from webhook_deliveries where sensor = $1 and delivery_id = $2', [
    sensor,
    deliveryId,
  ])
  const [row] = rows
  if (!row) return undefined
  const ticks = await client.query<Row>('select * from ticks where id = $1', [row.tick_id])
  return { ...toDelivery(row), ...(ticks.rows[0] ? { tick: toTick(ticks.rows[0]) } : {}) }
}

const toDelivery = (row: Row): Delivery => ({
  id: String(row.id),
  sensor: String(row.sensor),
  deliveryId: String(row.delivery_id),
  receivedAt: new Date(row.received_at as string).toISOString(),
  payload: row.payload,
  headers: (row.headers ?? {}) as Delivery['headers'],
})
