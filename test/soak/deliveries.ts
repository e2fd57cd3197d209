import { sleep } from '../support/millrace.js'
import type { Dice } from '../support/random-writes.js'
import type { Counts } from './counts.js'
import { hookSecret, hooks } from './soak-files.js'

/** What one key was sent for, and what came of it as the sender sees it. */
export interface Sent {
  readonly hook: string
  readonly key: string
  /** The runs of each answer that was a success; empty while the delivery waited. */
  readonly answers: (readonly string[])[]
  /** Its sender never comes again. */
  readonly isGivenUp: boolean
}

const pauseMs = 1_500
const answeredWithinMs = 15_000

/** A sender of webhooks: it sends at a steady rate, whether the server is there or not, and comes again with the same key. */
export class Deliveries {
  readonly sent: Sent[] = []
  readonly #url: string
  readonly #dice: Dice
  readonly #counts: Counts
  readonly #going = new Set<Promise<void>>()

  constructor(url: string, { dice, counts }: { dice: Dice; counts: Counts }) {
    this.#url = url
    this.#dice = dice
    this.#counts = counts
  }

  /** Until the signal aborts. */
  async send(signal: AbortSignal): Promise<void> {
    const dice = this.#dice
    while (!signal.aborted) {
      await sleep(pauseMs / 2 + dice.below(pauseMs))
      const known = this.sent.slice(-30).filter(({ isGivenUp }) => !isGivenUp)
      const one = known.length > 0 && dice.below(10) < 4 ? dice.one(known) : this.#new()
      // Some come twice at the same moment.
      for (let i = dice.below(6) === 0 ? 2 : 1; i > 0; i--) this.#begin(one)
    }
    await Promise.all(this.#going)
  }

  /** As senders do: again and again, until each was taken. */
  async settle(): Promise<void> {
    for (const one of this.sent)
      for (let i = 0; i < 60 && one.answers.length === 0 && !one.isGivenUp; i++) {
        if (i > 0) await sleep(1_000)
        await this.#deliver(one)
      }
  }

  #new(): Sent {
    const number = this.sent.length
    const one = {
      hook: hooks[number % hooks.length] ?? '',
      key: `d${number}`,
      answers: [],
      isGivenUp: number % 8 === 7,
    }
    this.sent.push(one)
    return one
  }

  #begin(one: Sent): void {
    const work = this.#deliver(one).finally(() => this.#going.delete(work))
    this.#going.add(work)
  }

  async #deliver({ hook, key, answers }: Sent): Promise<void> {
    try {
      const response = await fetch(`${this.#url}/api/hooks/${hook}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${hookSecret}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({ order: key }),
        signal: AbortSignal.timeout(answeredWithinMs),
      })
      const answer = (await response.json()) as { runIds: string[]; status: string; isRepeated: boolean }
      if (response.ok) answers.push(answer.runIds)
      const how = response.ok ? `${answer.status}${answer.isRepeated ? ', again' : ''}` : response.status
      this.#counts.add(`deliveries answered: ${how}`)
    } catch {
      this.#counts.add('deliveries without an answer')
    }
  }
}
