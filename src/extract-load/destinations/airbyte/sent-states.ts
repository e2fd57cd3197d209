import { randomUUID } from 'node:crypto'
import { extractLoadErrors } from '../../errors.js'
import { programError } from '../../program-error.js'
import { type Message, readMessage, type StreamDescriptor } from '../../protocol/messages.js'

type StateMessage = Extract<Message, { type: 'STATE' }>

/**
 * The states that go to a destination among the records, and come back once what stands before them is safe. They are ours, and not
 * those of the source: what a destination says of them is all that is asked.
 */
export class SentStates {
  readonly #target: StreamDescriptor
  readonly #load = randomUUID()
  /** Of the records before each state, behind the one before it. */
  readonly #counts: number[] = []
  /** How many states came back; those before the last one count as well. */
  #confirmed = 0
  /** Records that the destination did not take, by its own word. */
  rejected = 0

  constructor(target: StreamDescriptor) {
    this.#target = target
  }

  /** The message of the next state. @param records since the one before */
  next(records: number): string {
    const state = {
      type: 'STREAM',
      stream: {
        stream_descriptor: this.#target,
        stream_state: { millrace_load: this.#load, part: this.#counts.length },
      },
      sourceStats: { recordCount: records },
    }
    this.#counts.push(records)
    return `${JSON.stringify({ type: 'STATE', state })}\n`
  }

  /** A state of ours in a line that is no message: some connectors (Airbyte's own for pgvector) give it back without what it came in. */
  bareState(line: string): StateMessage | undefined {
    const message = line.includes(this.#load) ? readMessage(`{"type":"STATE","state":${line}}`) : undefined
    return message?.type === 'STATE' ? message : undefined
  }

  /** A state came back. @throws DESTINATION_PROTOCOL_BROKEN for another one than was sent, DESTINATION_COUNT_WRONG */
  confirm({ state }: StateMessage): void {
    const part = this.#partOf(state.stream?.stream_state)
    if (part === undefined)
      throw programError('destination', 'PROTOCOL_BROKEN', {
        message: 'The destination confirmed a state that it was not given.',
        hint: 'Nothing was committed. A destination gives back the states that it gets, as they are; ask who maintains the connector.',
      })
    const { recordCount, rejectedRecordCount } = state.destinationStats ?? {}
    if (recordCount != null) this.#checkCount(part, recordCount + (rejectedRecordCount ?? 0))
    this.rejected += rejectedRecordCount ?? 0
    this.#confirmed = Math.max(this.#confirmed, part + 1)
  }

  #partOf(state: unknown): number | undefined {
    const { millrace_load: load, part } = (state ?? {}) as { millrace_load?: unknown; part?: unknown }
    return load === this.#load && typeof part === 'number' && part < this.#counts.length ? part : undefined
  }

  /** Some count since the state before, some since the last one that they gave back. */
  #checkCount(part: number, counted: number): void {
    const own = this.#counts[part] ?? 0
    const unconfirmed = this.#counts.slice(this.#confirmed, part + 1).reduce((sum, count) => sum + count, 0)
    if (counted === own || counted === unconfirmed) return
    throw extractLoadErrors.create('DESTINATION_COUNT_WRONG', {
      message: `The destination says that it took ${counted} records of the ${own} that it was given.`,
      hint: 'Nothing was committed; the next sync sends them again. If it stays so, ask who maintains the connector.',
    })
  }

  /** @throws DESTINATION_FAILED where the last state did not come back */
  checkComplete(): void {
    if (this.#confirmed === this.#counts.length && this.#confirmed > 0) return
    throw programError('destination', 'FAILED', {
      message: 'The destination ended without confirming the last state: nobody knows whether all records are there.',
      hint: 'Nothing was committed; the next sync sends them again. What the connector wrote stands in the log of the run.',
    })
  }
}
