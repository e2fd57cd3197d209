import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { earlySettings } from './early-settings.js'

const dir = mkdtempSync(join(tmpdir(), 'early-settings-'))
afterAll(() => rmSync(dir, { recursive: true }))

const settings = (text: string, ...keys: string[]) => {
  const path = join(dir, 'dbt_project.yml')
  writeFileSync(path, text)
  return earlySettings(path, keys)
}

describe('settings that are asked for before the file is read for good', () => {
  it('finds a key, with quotes or without', () => {
    expect(settings('name: shop\nflags: { debug: true }\n', 'flags').flags).toEqual({ debug: true })
    expect(settings('name: shop\n"flags": { debug: true }\n', 'flags').flags).toEqual({ debug: true })
  })
  it('reads no YAML where no line begins with one of the keys', () => {
    expect(settings('name: [\nother: { flags: 1 }\n', 'flags')).toEqual({})
    expect(() => settings('name: [\nflags: 1\n', 'flags')).toThrow()
  })
  it('knows nothing of a file that is not there', () => {
    expect(earlySettings(join(dir, 'none.yml'), ['flags'])).toEqual({})
  })
})
