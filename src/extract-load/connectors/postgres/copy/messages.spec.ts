import { expect, it } from 'vitest'
import { Messages } from './messages.js'

function message(code: string, content: string): Buffer {
  const bytes = Buffer.alloc(5 + content.length)
  bytes.write(code)
  bytes.writeInt32BE(4 + content.length, 1)
  bytes.write(content, 5)
  return bytes
}

const contents = ['', 'a', 'x'.repeat(300), 'bc', '']
const all = Buffer.concat(contents.map((content) => message('d', content)))

function foundIn(reads: readonly Buffer[]): string[] {
  const messages = new Messages()
  const found: string[] = []
  for (const read of reads) {
    messages.add(read)
    while (messages.next()) found.push(messages.bytes.toString('latin1', messages.start + 5, messages.end))
  }
  return found
}

it('messages are found however they are cut', () => {
  for (let size = 1; size <= all.length; size++) {
    const reads = Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.subarray(i * size, (i + 1) * size))
    expect(foundIn(reads)).toEqual(contents)
  }
})

it('a message that is whole stays where it is', () => {
  const messages = new Messages()
  messages.add(all)
  messages.next()
  expect(messages.bytes).toBe(all)
})

it.each([
  ['whole', [all]],
  ['cut in two', [all.subarray(0, 7), all.subarray(7)]],
] as const)('what follows a message that is %s begins with it', (_, reads) => {
  const messages = new Messages()
  for (const read of reads) {
    messages.add(read)
    while (messages.next()) if (messages.end - messages.start === 6) expect(messages.rest).toEqual(all.subarray(5))
  }
  expect.assertions(1)
})
