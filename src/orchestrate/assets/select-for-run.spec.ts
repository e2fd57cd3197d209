import { describe, expect, it } from 'vitest'
import type { AssetSpec, Definitions } from '../contract/index.js'
import { selectionOf } from './select-assets.js'
import { selectForRun, whyLeftOut } from './select-for-run.js'

const asset = (key: string, deps: string[] = []) =>
  ({ key, deps, group: 'g', tags: [], kinds: [], owners: [] }) as unknown as AssetSpec
const assets = [asset('raw/a'), asset('main/b', ['raw/a'])]
const problem = { code: 'DEFINITIONS_INVALID', message: 'no such thing', kind: 'user', retryable: false } as const
const whole: Pick<Definitions, 'assets' | 'problems'> = { assets, problems: [] }
const broken = { assets, problems: [{ ...problem, at: { file: 'orchestration/definitions.ts', line: 3 } }, problem] }

const select = (parts: Pick<Definitions, 'assets' | 'problems'> & Partial<Definitions>, selection: string) =>
  selectForRun({ steps: [], ...parts }, selection)

describe('selectForRun', () => {
  it('is the selection, when everything could be read', () => {
    expect([...select(whole, 'raw/a+')]).toEqual(['raw/a', 'main/b'])
  })
  it('refuses what is made by others alone, and leaves it where there is more', () => {
    const parts = { assets: [{ ...asset('bank/rates'), isExecutable: false }, ...assets], problems: [] }
    expect(() => select(parts, 'bank/rates')).toThrowError(
      expect.objectContaining({
        code: 'SELECTION_INVALID',
        message: 'There is nothing to run: bank/rates is made by others.',
        hint: expect.stringContaining('millrace assets report bank/rates'),
      }),
    )
    expect([...select(parts, 'bank/rates raw/a')].sort()).toEqual(['bank/rates', 'raw/a'])
  })
  it('has names with blanks and commas in quotes', () => {
    const keys = ['raw/My Table Nr 1', 'raw/a,b', 'raw/a']
    const odd = [...assets, ...keys.slice(0, 2).map((key) => asset(key)), asset('main/c', ['raw/a,b'])]
    expect([...select({ assets: odd, problems: [] }, selectionOf(keys))].sort()).toEqual([...keys].sort())
    expect([...select({ assets: odd, problems: [problem] }, selectionOf(keys))]).toEqual(keys)
    expect([...select({ assets: odd, problems: [] }, '"raw/a,b"+ not raw/a')]).toEqual(['raw/a,b', 'main/c'])
  })
  it('runs assets named in full beside a broken part', () => {
    expect([...select(broken, 'raw/a main/b')]).toEqual(['raw/a', 'main/b'])
  })
  it('refuses an asset named in full whose dependency does not exist, with the nearest name', () => {
    const typo = { assets: [...assets, asset('reports/x', ['main/bb'])], problems: [problem] }
    expect(() => select(typo, 'reports/x')).toThrowError(
      expect.objectContaining({
        code: 'DEFINITIONS_INVALID',
        message: 'reports/x needs the asset main/bb, which does not exist.',
        hint: expect.stringContaining('main/b'),
      }),
    )
    expect([...select(typo, 'main/b')]).toEqual(['main/b'])
    const unread = { ...typo, problems: [{ ...problem, code: 'YAML_SYNTAX' }] }
    expect(() => select(unread, 'reports/x')).toThrowError(expect.objectContaining({ code: 'PROJECT_BROKEN' }))
  })
  it.each(['*', 'raw/a+', 'group:g', 'gone'])('refuses %s beside a broken part, with its place', (selection) => {
    expect(() => select(broken, selection)).toThrowError(
      expect.objectContaining({
        code: 'PROJECT_BROKEN',
        message: expect.stringContaining('no such thing (and 1 more'),
        at: { file: 'orchestration/definitions.ts', line: 3 },
      }),
    )
  })
  it('says of a name that it does not know that a broken part may have it', () => {
    const part = { file: 'definitions.ts', since: '2026-01-02T03:04:05.000Z', error: problem, steps: [], sensors: [] }
    const kept = { assets, problems: [problem], broken: [part] }
    expect(() => select(kept, 'main/c')).toThrowError(
      expect.objectContaining({
        code: 'SELECTION_INVALID',
        message: 'No asset matches `main/c`.',
        hint: 'definitions.ts cannot be loaded since 2026-01-02 03:04 UTC: what was added to it since is not known yet. Did you mean main/b?',
      }),
    )
    expect([...select(kept, 'main/b')]).toEqual(['main/b'])
  })
  it('takes what is made together with what is chosen, unless it can be made alone', () => {
    const step = {
      key: 's',
      kind: 'typescript',
      assets: ['raw/a', 'main/b'],
      checks: [],
      isSubsettable: false,
    } as const
    expect([...select({ ...whole, steps: [step] }, 'main/b')]).toEqual(['main/b', 'raw/a'])
    expect([...select({ ...whole, steps: [{ ...step, isSubsettable: true }] }, 'main/b')]).toEqual(['main/b'])
    expect([...select({ ...broken, steps: [step] }, 'raw/a')]).toEqual(['raw/a', 'main/b'])
  })
  it('goes on without what waits for a secret and what is made of it, and says so; what is named in full is refused', () => {
    const error = { ...problem, code: 'ENV_MISSING', message: 'TOKEN is not set.', data: { variables: ['TOKEN'] } }
    const file = 'extract_load/shop.yaml'
    const since = '2026-01-02T03:04:05.000Z'
    const parts = {
      assets: [{ ...assets[0], step: 'sync:shop' } as AssetSpec, asset('main/b', ['raw/a']), asset('main/c')],
      problems: [error],
      broken: [{ file, since, error, steps: ['sync:shop'], sensors: [], isKnown: true }],
    }
    expect([...select(parts, '*')]).toEqual(['main/c'])
    expect(whyLeftOut({ steps: [], ...parts }, '*')).toMatch(/raw\/a, main\/b\. .*TOKEN is not set.*secrets set TOKEN`/)
    expect(whyLeftOut({ steps: [], ...parts }, 'main/c')).toBeUndefined()
    expect([...select(parts, 'main/b')]).toEqual(['main/b'])
    for (const selection of ['raw/a main/c', 'raw/a+'])
      expect(() => select(parts, selection)).toThrowError(
        expect.objectContaining({
          code: 'PROJECT_BROKEN',
          message: expect.stringContaining(`${file} waits for a secret`),
        }),
      )
    // Another breakage is no milder for it.
    expect(() => select({ ...parts, problems: [error, problem] }, '*')).toThrowError(/no such thing/)
  })
})
