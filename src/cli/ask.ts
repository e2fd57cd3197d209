import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Asks questions on the terminal, or of what is piped in, a line an answer. */
export function terminalQuestions(): {
  ask(question: string, options: { readonly isHidden: boolean }): Promise<string | undefined>
  close(): void
} {
  let isMuted = false
  let open: { close(): void; lines: AsyncIterator<string> } | undefined
  // What is typed is echoed by readline: a password must not be.
  const echo = new Writable({
    write(chunk, _, done) {
      if (!isMuted) process.stdout.write(chunk)
      done()
    },
  })
  const start = () => {
    const reader = createInterface({ input: process.stdin, output: echo, terminal: process.stdin.isTTY === true })
    reader.on('SIGINT', () => {
      process.stdout.write('\n')
      process.exit(130)
    })
    return { close: () => reader.close(), lines: reader[Symbol.asyncIterator]() }
  }
  return {
    async ask(question, { isHidden }) {
      open ??= start()
      process.stdout.write(question)
      isMuted = isHidden
      const { value, done } = await open.lines.next()
      isMuted = false
      if (isHidden || !process.stdin.isTTY) process.stdout.write('\n')
      return done ? undefined : value
    },
    close: () => open?.close(),
  }
}
