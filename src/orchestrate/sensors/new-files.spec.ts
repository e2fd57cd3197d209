import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
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

it('of very many files the tag names the first ones', async () => {
  const sensor = newFiles({ path: '*.csv', target: '*' })
  for (let i = 0; i < 100; i++) await writeFile(join(projectDir, `a-rather-long-name-${100 + i}.csv`), 'a\n1\n')
  const look = (cursor: unknown) =>
    sensor.evaluate({ cursor, projectDir } as unknown as Parameters<typeof sensor.evaluate>[0])
  const all = await look({})
  expect(all.runs?.[0]?.tags?.files).toMatch(/^a-rather-long-name-100\.csv, .*-134\.csv and 65 more$/)
  const { files } = all.cursor as { files: Record<string, string> }
  // A cursor of before changes were counted.
  const one = Object.fromEntries(Object.entries(files).slice(1))
  expect((await look(one)).runs?.[0]?.tags).toEqual({ files: 'a-rather-long-name-100.csv' })
})

it('remembers files while their folder is gone, empty or cannot be read', async () => {
  const folder = join(projectDir, 'in')
  const sensor = newFiles({ path: 'in/*.csv', target: '*' })
  const look = (cursor: unknown) =>
    sensor.evaluate({ cursor, projectDir } as unknown as Parameters<typeof sensor.evaluate>[0])
  // A folder that is not there yet: what comes into it is new.
  const { cursor: nothing } = await look(undefined)
  await mkdir(folder)
  await writeFile(join(folder, 'a.csv'), 'a\n1\n')
  const { cursor, runs } = await look(nothing)
  expect(runs).toMatchObject([{ tags: { files: 'a.csv' } }])

  await rename(folder, `${folder}-away`)
  expect(await look(cursor)).toEqual({ skip: 'there is nothing in its folder' })
  await mkdir(folder)
  expect(await look(cursor)).toEqual({ skip: 'there is nothing in its folder' })
  await rm(folder, { recursive: true })
  // What reading it answers that is no missing folder.
  await writeFile(folder, 'no folder')
  await expect(look(cursor)).rejects.toThrow('ENOTDIR')
  await rm(folder)
  await rename(`${folder}-away`, folder)
  expect(await look(cursor)).toEqual({ cursor, skip: 'nothing new' })
})

it('of another place are told by who has them, and what opens it is shown nowhere', async () => {
  const path = 'https://ada:word@example.com/in.csv?signature=secret'
  const sensor = newFiles({ path, target: '*' })
  const file = { url: 'https://example.com/in.csv', modifiedAt: new Date(0), sizeBytes: undefined }
  let version = '"1"'
  const asked: string[] = []
  const files = async (address: string) => {
    asked.push(address)
    return [{ ...file, version }]
  }
  const look = (cursor: unknown) =>
    sensor.evaluate({ cursor, files, projectDir } as unknown as Parameters<typeof sensor.evaluate>[0])
  const { cursor } = await look(undefined)
  version = '"2"'
  const found = await look(cursor)
  expect(found).toEqual({
    cursor: { files: { 'https://example.com/in.csv': '"2"' }, changes: 1 },
    runs: [
      {
        key: 'https://example.com/in.csv https://example.com/in.csv@"2", change 1',
        tags: { files: 'https://example.com/in.csv' },
      },
    ],
  })
  expect(asked).toEqual([path, path])
  expect(sensor.description).toBe('Looks for new files: https://example.com/in.csv')
})

it('that go back to a version they had are new each time', async () => {
  const sensor = newFiles({ path: 's3://in/a.csv', target: '*' })
  const keys: unknown[] = []
  let cursor: unknown
  for (const version of ['A', 'B', 'A', 'A', 'B']) {
    const files = async () => [{ url: 's3://in/a.csv', modifiedAt: new Date(0), sizeBytes: 1, version }]
    const found = await sensor.evaluate({ cursor, files, projectDir } as unknown as Parameters<
      typeof sensor.evaluate
    >[0])
    cursor = found.cursor
    keys.push(...(found.runs ?? []).map(({ key }) => key))
  }
  expect(keys).toHaveLength(3)
  expect(new Set(keys).size).toBe(3)
})
