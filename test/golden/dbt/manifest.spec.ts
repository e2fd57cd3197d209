import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  commandResourceTypes,
  type IndirectSelection,
  type ParsedProject,
  parseProject,
  type ResourceType,
  selectNodes,
} from '../../../src/transform/index.js'

/** What the real dbt made of the same projects; `scripts/golden/dbt_manifest.py` records it. */
interface Golden {
  readonly oracle: string
  /** Of the project's files; a project that changed since has to be recorded again. */
  readonly fingerprint: string
  readonly nodes: Record<string, Record<string, unknown>>
  readonly selections: readonly { readonly args: string[]; readonly ok: boolean; readonly ids: string[] }[]
  readonly [group: string]: unknown
}

const here = import.meta.dirname
const examples = join(here, '../../../examples')
const projects = readdirSync(here)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''))

/** Lists that dbt orders by chance are compared as sets. */
const unordered = new Set(['tags', 'nodes', 'macros', 'refs', 'sources', 'primary_key'])
/** What differs by design: absolute paths, times. */
const skipped = new Set(['created_at', 'root_path'])

/** dbt 1.12 notes the lists of properties files twice. */
const once = (list: readonly unknown[]) => {
  const half = list.slice(0, list.length / 2)
  return JSON.stringify([...half, ...half]) === JSON.stringify(list) ? half : list
}

function reduced(value: unknown, like: unknown, key = '', isWritten = key === 'unrendered_config'): unknown {
  if (Array.isArray(value) && isWritten) return once(value)
  if (Array.isArray(value))
    return unordered.has(key) ? [...new Set(value.map((item) => JSON.stringify(item)))].sort() : value
  if (value === null || typeof value !== 'object' || like === null || typeof like !== 'object') return value ?? null
  const keys = Object.keys(like as object).filter((name) => !skipped.has(name))
  return Object.fromEntries(
    keys.map((name) => [
      name,
      reduced(
        (value as Record<string, unknown>)[name],
        (like as Record<string, unknown>)[name],
        name,
        isWritten || name === 'unrendered_config',
      ),
    ]),
  )
}

const folderOf = (project: string) => {
  const own = join(here, 'projects', project)
  return existsSync(own) ? own : join(examples, project, 'transformation/dbt')
}

/** What `dbt deps` makes of the packages of a project: they are folders of its own. */
function install(dir: string): void {
  const packages = join(dir, 'packages')
  if (!existsSync(packages)) return
  cpSync(packages, join(dir, 'dbt_packages'), { recursive: true })
}

function fingerprint(source: string): string {
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => /\.(sql|yml|md|csv)$/.test(name) && !/(^|\/)(target|logs|dbt_packages)\//.test(name))
    .sort()
  const hash = createHash('sha256')
  for (const name of names) hash.update(`${name}\n`).update(readFileSync(join(source, name)))
  return hash.digest('hex')
}

const readGolden = (project: string) => JSON.parse(readFileSync(join(here, `${project}.json`), 'utf8')) as Golden
const isCurrent = (project: string) => readGolden(project).fingerprint === fingerprint(folderOf(project))

test.for(projects.filter((project) => !isCurrent(project)))('%s changed: run scripts/golden/dbt_manifest.py', (_, { skip }) => skip())

describe.each(projects.filter(isCurrent))('%s', (project) => {
  const golden = readGolden(project)
  let dir: string
  let parsed: ParsedProject

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-golden-'))
    cpSync(folderOf(project), dir, { recursive: true })
    install(dir)
    parsed = parseProject({ projectDir: dir, env: {} })
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  test(`has the nodes of ${golden.oracle}`, () => {
    expect(Object.keys(parsed.manifest.nodes).sort()).toEqual(Object.keys(golden.nodes))
  })

  test.each(Object.entries(golden.nodes))('%s', (id, expected) => {
    const node = parsed.manifest.nodes[id]
    expect(reduced(node, expected)).toEqual(reduced(expected, expected))
  })

  test.each(['sources', 'exposures', 'unit_tests', 'groups', 'docs', 'parent_map', 'group_map', 'selectors'] as const)(
    'has the same %s',
    (group) => {
      const expected = golden[group] as Record<string, unknown>
      // The built-in overview is dbt's own page; ours has other words.
      const own = Object.keys(parsed.manifest[group]).filter((id) => !id.startsWith('doc.dbt.'))
      expect(own.sort()).toEqual(Object.keys(expected).sort())
      for (const [id, entry] of Object.entries(expected))
        expect(reduced(parsed.manifest[group][id], entry, 'nodes'), id).toEqual(reduced(entry, entry, 'nodes'))
    },
  )

  test('knows the same macros, and what they call', () => {
    const own = new Set([parsed.root, ...parsed.packages].map(({ name }) => name))
    for (const [id, expected] of Object.entries(golden.macros as Record<string, Record<string, unknown>>)) {
      const macro = parsed.manifest.macros[id]
      const calls = macro?.depends_on.macros.filter((called) => own.has(called.split('.')[1] as string)).sort()
      expect(Object.assign({}, reduced(macro, expected, id), { depends_on: calls }), id).toEqual(expected)
    }
  })

  test('nothing is modified since dbt wrote a state', () => {
    const { manifest } = parsed
    const rows = (group: string) =>
      Object.fromEntries(
        Object.entries(golden[group] as Record<string, object>).map(([id, row]) => [id, { ...row, unique_id: id }]),
      )
    const stated = Object.fromEntries(['nodes', 'sources', 'exposures', 'unit_tests'].map((name) => [name, rows(name)]))
    const macros = Object.values(manifest.macros).map((macro) => {
      const isOwn = macro.unique_id in (golden.macros as object)
      return [macro.unique_id, isOwn ? macro : { ...macro, macro_sql: 'in words of its own' }] as const
    })
    const previous = { manifest: { ...manifest, ...stated, macros: Object.fromEntries(macros) } as typeof manifest }
    expect([...selectNodes(manifest, { select: ['state:modified'], previous })]).toEqual([])
    expect([...selectNodes(manifest, { select: ['state:unmodified'], previous })].length).toBeGreaterThan(40)
  })

  test('leaves out what is disabled', () => {
    expect(Object.keys(parsed.manifest.disabled).sort()).toEqual(golden.disabled)
  })

  test.each(golden.selections.map((selection) => [selection.args.join(' '), selection] as const))('ls %s', (_, selection) => {
    const run = () => [...list(parsed, selection.args)].sort()
    if (selection.ok) expect(run()).toEqual(selection.ids)
    else expect(run).toThrow()
  })
})

function list(parsed: ParsedProject, args: readonly string[]): Set<string> {
  const value = (flag: string) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined)
  const types = (flag: string) => value(flag)?.split(' ') as ResourceType[] | undefined
  return selectNodes(parsed.manifest, {
    select: value('--select')?.split(' '),
    exclude: value('--exclude')?.split(' '),
    selector: value('--selector'),
    selectors: parsed.selectors,
    resourceTypes: types('--resource-type') ?? [...commandResourceTypes.list],
    excludeResourceTypes: types('--exclude-resource-type'),
    indirect: value('--indirect-selection') as IndirectSelection | undefined,
  })
}
