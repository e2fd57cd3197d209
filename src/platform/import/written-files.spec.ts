import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { judgeImported, writeJudged } from './written-files.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-written-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

it('all are written, or none: those before one that cannot be become again what they were', async () => {
  await writeFile(join(dir, 'old.yaml'), 'before\n')
  const files = [
    { path: 'old.yaml', text: 'after\n' },
    { path: 'new.yaml', text: 'new\n' },
    { path: 'folder/list.md', text: 'list\n' },
  ]
  await expect(judgeImported(dir, files, {})).rejects.toMatchObject({ code: 'IMPORT_FILE_EXISTS' })
  const judged = await judgeImported(dir, files, { force: true })
  expect(judged.files.map(({ status }) => status)).toEqual(['changed', 'new', 'new'])
  // Meanwhile a file has the name of the folder.
  await writeFile(join(dir, 'folder'), '')
  await expect(writeJudged(judged)).rejects.toMatchObject({
    code: 'PROJECT_NOT_WRITABLE',
    message: expect.stringMatching(/list\.md cannot be written: \w+; no file was written\.$/),
  })
  expect(await readdir(dir)).toEqual(['folder', 'old.yaml'])
  expect(await readFile(join(dir, 'old.yaml'), 'utf8')).toBe('before\n')
  await rm(join(dir, 'folder'))
  await mkdir(join(dir, 'folder'))
  await writeJudged(judged)
  expect(await readFile(join(dir, 'folder/list.md'), 'utf8')).toBe('list\n')
  expect((await judgeImported(dir, files, {})).changes).toEqual([])
})
