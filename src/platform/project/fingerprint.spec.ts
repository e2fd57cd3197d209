import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprint } from './fingerprint.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-fingerprint-'))
  write('models/a.sql', 'select 1')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), text)
}
const changes = async (change: () => void) => {
  const before = await fingerprint([dir])
  change()
  return before !== (await fingerprint([dir]))
}

describe('fingerprint', () => {
  it('stays as it is while nothing changes', async () => {
    expect(await changes(() => {})).toBe(false)
  })
  it.each([
    ['another size', () => write('models/a.sql', 'select 12')],
    ['another time', () => utimesSync(join(dir, 'models/a.sql'), 1, 1)],
    ['a new file', () => write('models/deep/b.sql', '')],
    ['a file gone', () => rmSync(join(dir, 'models/a.sql'))],
  ])('changes with %s', async (_, change) => {
    expect(await changes(change)).toBe(true)
  })
  it.each([
    'data/orders.csv',
    'target/manifest.json',
    'node_modules/x/index.js',
    'models/.git/x',
    'orchestration/millrace-types.d.ts',
  ])('does not count %s', async (path) => {
    expect(await changes(() => write(path, 'new'))).toBe(false)
  })
  it.each(['models/reports/a.sql', 'models/data/a.sql', 'models/logs/a.sql', 'seeds/target/a.csv'])(
    'counts %s: below the top these are names like any other',
    async (path) => {
      expect(await changes(() => write(path, 'new'))).toBe(true)
    },
  )
  it('ends where links lead in a circle', async () => {
    symlinkSync(dir, join(dir, 'models/up'))
    expect(await changes(() => write('models/b.sql', ''))).toBe(true)
  })
  it('takes files as well as folders, and what is not there', async () => {
    const file = join(dir, 'models/a.sql')
    const before = await fingerprint([file, join(dir, 'nothing')])
    write('models/a.sql', 'changed text')
    expect(await fingerprint([file, join(dir, 'nothing')])).not.toBe(before)
  })
})
