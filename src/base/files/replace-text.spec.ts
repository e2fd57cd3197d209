import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { replaceText } from './replace-text.js'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'replace-text-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  path = join(dir, 'a.yaml')
  writeFileSync(path, 'a: 1\n')
})

test('keeps the rights of a file, and a link to it', async () => {
  chmodSync(path, 0o664)
  mkdirSync(join(dir, 'links'))
  const link = join(dir, 'links', 'b.yaml')
  symlinkSync('../a.yaml', link)
  expect(await replaceText(link, { before: 'a: 1\n', after: 'a: 2\n' })).toBe(true)
  expect(readFileSync(path, 'utf8')).toBe('a: 2\n')
  expect(statSync(path).mode & 0o777).toBe(0o664)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect([readdirSync(dir), readdirSync(join(dir, 'links'))]).toEqual([['a.yaml', 'links'], ['b.yaml']])
})

test('what somebody else wrote meanwhile stays, and nothing is left beside it', async () => {
  expect(await replaceText(path, { before: 'a: 0\n', after: 'a: 2\n' })).toBe(false)
  writeFileSync(path, Buffer.from([0xe9]))
  await expect(replaceText(path, { before: '', after: 'a: 2\n', shown: 'a' })).rejects.toMatchObject({
    code: 'FILE_ENCODING',
  })
  expect(readdirSync(dir)).toEqual(['a.yaml'])
})
