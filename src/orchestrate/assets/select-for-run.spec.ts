import { describe, expect, it } from 'vitest'
import type { AssetSpec, Definitions } from '../contract/index.js'
import { selectionOf } from './select-assets.js'
import { selectForRun } from './select-for-run.js'

const asset = (key: string, deps: string[] = []) =>
  ({ key, deps, group: 'g', tags: [], kinds: [], owners: [] }) as unknown as AssetSpec
const assets = [asset('raw/a'), asset('main/b', ['raw/a'])]
const problem = { code: 'DEFINITIONS_INVALID', message: 'no such thing', kind: 'user', retryable: false } as const
const whole: Pick<Definitions, 'assets' | 'problems'> = { assets, problems: [] }
const broken = { assets, problems: [{ ...problem, at: { file: 'orchestration/definitions.ts', line: 3 } }, problem] }

describe('selectForRun', () => {
  it('is the selection, when everything could be read', () => {
    expect([...selectForRun(whole, 'raw/a+')]).toEqual(['raw/a', 'main/b'])
  })
  it('has names with blanks and commas in quotes', () => {
    const keys = ['raw/My Table Nr 1', 'raw/a,b', 'raw/a']
    const odd = [...assets, ...keys.slice(0, 2).map((key) => asset(key)), asset('main/c', ['raw/a,b'])]
    expect([...selectForRun({ assets: odd, problems: [] }, selectionOf(keys))].sort()).toEqual([...keys].sort())
    expect([...selectForRun({ assets: odd, problems: [problem] }, selectionOf(keys))]).toEqual(keys)
    expect([...selectForRun({ assets: odd, problems: [] }, '"raw/a,b"+ not raw/a')]).toEqual(['raw/a,b', 'main/c'])
  })
  it('runs assets named in full beside a broken part', () => {
    expect([...selectForRun(broken, 'raw/a main/b')]).toEqual(['raw/a', 'main/b'])
  })
  it('refuses an asset named in full whose dependency does not exist, with the nearest name', () => {
    const typo = { assets: [...assets, asset('reports/x', ['main/bb'])], problems: [problem] }
    expect(() => selectForRun(typo, 'reports/x')).toThrowError(
      expect.objectContaining({
        code: 'DEFINITIONS_INVALID',
        message: 'reports/x needs the asset main/bb, which does not exist.',
        hint: expect.stringContaining('main/b'),
      }),
    )
    expect([...selectForRun(typo, 'main/b')]).toEqual(['main/b'])
    const unread = { ...typo, problems: [{ ...problem, code: 'YAML_SYNTAX' }] }
    expect(() => selectForRun(unread, 'reports/x')).toThrowError(expect.objectContaining({ code: 'PROJECT_BROKEN' }))
  })
  it.each(['*', 'raw/a+', 'group:g', 'gone'])('refuses %s beside a broken part, with its place', (selection) => {
    expect(() => selectForRun(broken, selection)).toThrowError(
      expect.objectContaining({
        code: 'PROJECT_BROKEN',
        message: expect.stringContaining('no such thing (and 1 more'),
        at: { file: 'orchestration/definitions.ts', line: 3 },
      }),
    )
  })
})
