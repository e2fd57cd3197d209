import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readText } from './read-text.js'

function file(content: string | Buffer): string {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-text-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'a.txt'), content)
  return join(dir, 'a.txt')
}

test('a text is read as it is, with its byte order mark and the character that others put for an unreadable one', () => {
  expect(readText(file('\uFEFFcafé \uFFFD'))).toBe('\uFEFFcafé \uFFFD')
})

test.each([
  ['of Windows', Buffer.from('a\ncaf\xe9', 'latin1'), 2],
  ['UTF-16', Buffer.from('\uFEFFid', 'utf16le'), 1],
])('a text %s is refused, with its line', (_, bytes, line) => {
  expect(() => readText(file(bytes), 'a.txt')).toThrow(
    expect.objectContaining({ code: 'FILE_ENCODING', at: { file: 'a.txt', line } }),
  )
})
