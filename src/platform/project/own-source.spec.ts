import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ownSource } from './own-source.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-own-source-'))
  await mkdir(join(dir, 'app/node_modules/millrace'), { recursive: true })
})
afterEach(() => rm(dir, { recursive: true }))

const installedFrom = (resolved: string) =>
  writeFile(
    join(dir, 'app/node_modules/.package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/millrace': { resolved } } }),
  )
const source = () => ownSource(join(dir, 'app/my-stack'), join(dir, 'app/node_modules/millrace'), '1.2.3')

it('a checkout is used as it is', async () => {
  expect(await ownSource(join(dir, 'my-stack'), join(dir, 'checkout'), '1.2.3')).toBe('file:../checkout')
})

it('a packed file that was installed is installed again', async () => {
  await writeFile(join(dir, 'millrace.tgz'), '')
  await installedFrom('file:../millrace.tgz')
  expect(await source()).toBe('file:../../millrace.tgz')
})

it('from a registry, without a record and without the packed file it is the version', async () => {
  expect(await source()).toBe('^1.2.3')
  await installedFrom('https://registry.example/millrace-1.2.3.tgz')
  expect(await source()).toBe('^1.2.3')
  await installedFrom('file:../gone.tgz')
  expect(await source()).toBe('^1.2.3')
})
