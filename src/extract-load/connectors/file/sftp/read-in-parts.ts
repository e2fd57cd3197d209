import type { OpenSftpFile } from './session.js'

/** What every server gives at once. */
const partBytes = 32 * 1024
/** So many parts are on their way at a time, or the line would be idle most of the time. */
const partsAhead = 64

/** The bytes of a file in their order. Ends early where the file has become shorter. */
export async function* readInParts(file: OpenSftpFile, from: number, to: number): AsyncGenerator<Buffer> {
  const asked: { readonly at: number; readonly length: number; readonly answer: Promise<Buffer | undefined> }[] = []
  let next = from
  for (;;) {
    while (asked.length < partsAhead && next < to) {
      const length = Math.min(partBytes, to - next)
      const answer = file.read(next, length)
      // Who waits for it hears of its failure; nobody may come to wait.
      answer.catch(() => {})
      asked.push({ at: next, length, answer })
      next += length
    }
    const part = asked.shift()
    if (!part) return
    let bytes = await part.answer
    // Servers may give less than they were asked for.
    for (let done = 0; ; bytes = await file.read(part.at + done, part.length - done)) {
      if (!bytes || bytes.length === 0) return
      yield bytes
      done += bytes.length
      if (done >= part.length) break
    }
  }
}
