import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newFiles } from './new-files.js'

let projectDir: string
beforeEach(async () => {
  projectDir = await mkdtemp(join(tmpdir(), 'millrace-sensor-'))
})
afterEach(() => rm(projectDir, { recursive: true }))

it.each([
  [0, '0 files are there already'],
  [1, '1 file is there already'],
  [2, '2 files are there already'],
])('its first look at %i files starts nothing', async (count, skip) => {
  for (let i = 0; i < count; i++) await writeFile(join(projectDir, `${i}.csv`), 'a\n1\n')
  const sensor = newFiles({ path: '*.csv', target: '*' })
  const context = { cursor: undefined, projectDir } as unknown as Parameters<typeof sensor.evaluate>[0]
  expect(await sensor.evaluate(context)).toMatchObject({ skip })
})
