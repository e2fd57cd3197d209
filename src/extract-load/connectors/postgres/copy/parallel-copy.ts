import { merged } from '../../../../base/index.js'
import type { SourceSession } from '../session.js'

interface PartReaders<Item> {
  /** How many sessions read at once, at most. */
  readonly atOnce: number
  /** Of one session, which reads its parts one after the other. */
  readonly readerOf: (session: SourceSession) => (part: string) => AsyncIterable<Item>
}

/** Reads the parts of a table by several sessions which all see the snapshot of the first. All of them are ended then, also where one fails. */
export async function* readParts<Item>(
  first: SourceSession,
  parts: readonly string[],
  { atOnce, readerOf }: PartReaders<Item>,
): AsyncGenerator<Item> {
  const snapshot = await first.exportSnapshot()
  const wanted = Math.min(atOnce, parts.length) - 1
  const opened = await Promise.allSettled(Array.from({ length: wanted }, () => first.another(snapshot)))
  // A server that has no more sessions to give is read by those that it gave.
  const others = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  let next = 0
  async function* read(session: SourceSession) {
    const readPart = readerOf(session)
    while (next < parts.length) yield* readPart(parts[next++] as string)
  }
  yield* merged([first, ...others].map(read), async () => {
    await Promise.all(others.map((session) => session.end()))
    await first.end()
  })
}
