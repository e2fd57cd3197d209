import { createReadStream } from 'node:fs'
import { extractLoadErrors } from '../../errors.js'
import { lineBlocks } from '../../protocol/line-blocks.js'
import type { StreamDescriptor } from '../../protocol/messages.js'
import type { SentStates } from './sent-states.js'

/** So many records stand between two states: what a destination holds in memory until the next one is bounded. */
const recordsPerState = 10_000
/** What is given to a pipe at once: whether it is taken is seen in pieces of this size. */
const pieceBytes = 64 * 1024

const lineFeed = 10

interface Input {
  /** A file of RECORD messages, a line each; undefined: there is none. */
  readonly path: string | undefined
  readonly target: StreamDescriptor
  readonly states: SentStates
  /** When the stream was read. */
  readonly readAt: Date
}

/** What a destination reads: the records of one stream with states between them, the last state, and that the stream is complete. */
export async function* inputMessages({ path, target, states, readAt }: Input): AsyncGenerator<Buffer | string> {
  let records = 0
  if (path !== undefined)
    for await (const block of lineBlocks(createReadStream(path, { highWaterMark: pieceBytes }), tooLong)) {
      let start = 0
      for (let at = block.indexOf(lineFeed); at >= 0; at = block.indexOf(lineFeed, at + 1)) {
        records++
        if (records < recordsPerState) continue
        yield block.subarray(start, at + 1)
        yield states.next(records)
        records = 0
        start = at + 1
      }
      if (start < block.length) yield block.subarray(start)
    }
  yield states.next(records)
  yield `${JSON.stringify(complete(target, readAt))}\n`
}

const complete = (target: StreamDescriptor, readAt: Date) => ({
  type: 'TRACE',
  trace: {
    type: 'STREAM_STATUS',
    emitted_at: readAt.getTime(),
    stream_status: { stream_descriptor: target, status: 'COMPLETE' },
  },
})

const tooLong = (megabytes: number) =>
  extractLoadErrors.create('DESTINATION_WRITE_FAILED', {
    message: `A row has more than ${megabytes} MB, which is no message that a destination takes.`,
    hint: 'Nothing was committed. Leave the field with the huge value out of the stream: `fields`.',
  })
