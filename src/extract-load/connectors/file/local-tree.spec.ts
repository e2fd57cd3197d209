import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { globFiles } from './local-tree.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-glob-'))
  for (const name of ['a.csv', 'b.csv.gz', 'x/c.csv', 'x/y/d.csv', 'z/c.csv', 'w[1].csv']) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), '')
  }
  await symlink(join(dir, 'x/c.csv'), join(dir, 'z/link.csv'))
  await symlink(join(dir, 'gone'), join(dir, 'z/broken.csv'))
  await symlink(dir, join(dir, 'x/y/round'))
})
afterEach(() => rm(dir, { recursive: true }))

it.each([
  ['*.csv', ['a.csv', 'w[1].csv']],
  ['?.csv*', ['a.csv', 'b.csv.gz']],
  ['w[1]*', ['w[1].csv']],
  ['*/c.csv', ['x/c.csv', 'z/c.csv']],
  ['z/*', ['z/c.csv', 'z/link.csv']],
  ['**/c.csv', ['x/c.csv', 'z/c.csv']],
  ['**/*.csv', ['a.csv', 'w[1].csv', 'x/c.csv', 'x/y/d.csv', 'z/c.csv', 'z/link.csv']],
  ['x/**', ['x/c.csv', 'x/y/d.csv']],
  ['x/**/y/*.csv', ['x/y/d.csv']],
  ['a.csv/*', []],
  ['none/*.csv', []],
])('%s', async (pattern, names) => {
  expect((await globFiles(join(dir, pattern))).map((path) => relative(dir, path))).toEqual(names)
})
