import type pg from 'pg'
import type { Findings } from '../support/audit-store.js'
import { sleep } from '../support/millrace.js'
import type { Dice } from '../support/random-writes.js'
import { hookSecret } from './soak-files.js'

/** A sender of webhooks that sends again what was not taken, and now and then what was. */
export class Deliveries {
  readonly taken = new Set<number>()
  repeated = 0
  #last = 0
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(dice: Dice, signal: AbortSignal): Promise<void> {
    let missed: number | undefined
    while (!signal.aborted) {
      const again = this.taken.size > 0 && dice.below(6) === 0
      const number = again ? dice.one([...this.taken]) : (missed ?? ++this.#last)
      const isTaken = await this.#deliver(number)
      if (again) this.repeated++
      else missed = isTaken ? undefined : number
      if (isTaken) this.taken.add(number)
      await sleep(200 + dice.below(1_000))
    }
  }

  /** Whether the server has answered that it has it. */
  async #deliver(number: number): Promise<boolean> {
    try {
      const response = await fetch(`${this.#url}/api/hooks/delivered`, {
        method: 'POST',
        body: JSON.stringify({ number }),
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${hookSecret}`,
          'idempotency-key': String(number),
        },
        signal: AbortSignal.timeout(10_000),
      })
      await response.text()
      return response.status === 202
    } catch {
      // It is away; whether it has taken it nobody knows.
      return false
    }
  }

  /** Those that were taken, and of which nothing was made yet. */
  async waiting(client: pg.Client): Promise<number> {
    const { rows } = await client.query('select count(*)::int as n from webhook_deliveries where tick_id is null')
    return rows[0].n
  }

  async audit(client: pg.Client): Promise<Findings> {
    const { rows } = await client.query<{ number: string; n: number }>(
      "select tags->>'number' as number, count(*)::int as n from runs where trigger_name = 'delivered' and trigger_type = 'sensor' group by 1",
    )
    const runs = new Map(rows.map(({ number, n }) => [Number(number), n]))
    const waiting = await this.waiting(client)
    return {
      'a delivery that was taken has its run': [...this.taken].filter((one) => !runs.has(one)).map(String),
      'a delivery has one run, however often it came': [...runs].filter(([, n]) => n > 1).map(([one]) => String(one)),
      'no run is of a delivery that was never sent': [...runs.keys()].filter((one) => one > this.#last).map(String),
      'no delivery waits': waiting === 0 ? [] : [`${waiting} wait`],
    }
  }
}
