import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeFolder } from './make-folder.js'

function tempFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'make-folder-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('makes what is missing, and leaves what is there', () => {
  const dir = join(tempFolder(), 'a', 'b')
  makeFolder(dir)
  makeFolder(dir)
  expect(statSync(dir).isDirectory()).toBe(true)
})

test.runIf(process.platform === 'linux')('ends where the system refuses, and names what was asked for', () => {
  expect(() => makeFolder('/proc/x/y', 'proc/x')).toThrow(
    'proc/x cannot be made: the system has no folders there (ENOENT).',
  )
  expect(() => makeFolder('/dev/null/x')).toThrow('/dev/null/x cannot be made: a part of the path is a file')
})

test('says what stands in the way', () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'file'), '')
  symlinkSync(join(dir, 'nowhere'), join(dir, 'link'))
  const file = join(dir, 'file')
  expect(() => makeFolder(file)).toThrow(
    `${file} cannot be made: something else of that name is there already (EEXIST).`,
  )
  expect(() => makeFolder(join(file, 'x'))).toThrow('a part of the path is a file and no folder (ENOTDIR).')
  expect(() => makeFolder(join(dir, 'link'))).toThrow('something else of that name is there already')
})
