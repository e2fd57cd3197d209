import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { smallProject } from './small-project.js'
import { millraceIn } from './support.js'

let folder: Awaited<ReturnType<typeof smallProject>>
let millrace: ReturnType<typeof millraceIn>
beforeAll(async () => {
  folder = await smallProject({ 'orchestration/definitions.ts': undefined })
  millrace = millraceIn(folder.dir)
}, 60_000)
afterAll(() => folder.remove())

it('cancels all runs of a tag, and says first how many', { timeout: 120_000 }, async () => {
  for (const team of ['a', 'a', 'b']) await millrace('materialize', 'main/revenue', '--detach', '--tag', `team=${team}`)
  const unsure = await millrace('runs', 'cancel', '--status', 'queued', '--tag', 'team=a')
  expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('2 runs would be cancelled')])
  expect((await millrace('runs', 'cancel', '--tag', 'team=a', '--yes')).stdout).toBe('2 runs cancelled.\n')
  expect((await millrace('runs', 'cancel', '--tag', 'team=a', '--yes')).stdout).toBe('No such run is open.\n')
  const all = await millrace('--json', 'runs')
  expect(JSON.parse(all.stdout).map(({ status }: { status: string }) => status)).toEqual([
    'queued',
    'cancelled',
    'cancelled',
  ])
  expect((await millrace('runs', 'cancel')).code).toBe(2)
})

it('says of a run that is made once more that it is a full refresh', { timeout: 120_000 }, async () => {
  await millrace('materialize', 'main/revenue', '--detach', '--full-refresh')
  expect((await millrace('runs', 'show')).stdout).toContain('main/revenue, full refresh')
  expect((await millrace('runs', 'rerun', '--detach')).stdout).toMatch(/^Queued: \S+ \(full refresh again\)$/m)
})

it('reads the log of a run below its own name too', { timeout: 60_000 }, async () => {
  const { code, stdout } = await millrace('runs', 'logs')
  expect([code, stdout]).toEqual([0, (await millrace('logs')).stdout])
  expect(stdout).not.toBe('')
})

it('syncs neither of two connections that load one table', { timeout: 60_000 }, async () => {
  const orders = await readFile(join(folder.dir, 'extract_load/orders.yaml'), 'utf8')
  await writeFile(join(folder.dir, 'extract_load/again.yaml'), orders.replace('name: orders', 'name: again'))
  const { code, stderr } = await millrace('sync', 'again')
  expect(code).not.toBe(0)
  expect(stderr).toContain('Two assets are called raw/orders (the other one: extract_load/again.yaml)')
  expect(stderr).toContain('ASSET_DUPLICATE')
})
