import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

/** For each folder below src: the folders it may import. `platform` joins the roles; the roles never meet elsewhere. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  jinja: ['base'],
  python: ['base', 'jinja'],
  sql: ['base'],
  warehouse: ['base', 'sql'],
  'extract-load': ['base', 'jinja', 'python', 'sql', 'warehouse'],
  transform: ['base', 'jinja', 'python', 'sql', 'warehouse'],
  orchestrate: ['base'],
  access: ['base'],
  metastore: ['base', 'access', 'orchestrate'],
  platform: ['base', 'jinja', 'sql', 'warehouse', 'extract-load', 'transform', 'access', 'orchestrate', 'metastore'],
  server: ['base', 'access', 'platform', 'orchestrate', 'warehouse'],
  cli: ['base', 'access', 'platform', 'orchestrate', 'extract-load', 'transform', 'server', 'warehouse', 'metastore'],
}

/** Side doors, for what must be there before the rest of its folder is loaded. */
const sideDoors = new Set(['transform/dbt-version.ts'])

interface Import {
  readonly from: string
  readonly to: string
}

/** Imports between files, both relative to src, with forward slashes. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = []
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g))
    found.push({
      from: file,
      to: posix.normalize(posix.join(posix.dirname(file), match[1] as string)).replace(/\.js$/, '.ts'),
    })
  return found
}

const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] as string) : '')

/** Why an import breaks the rules, or undefined when it is fine. */
function violation({ from, to }: Import): string | undefined {
  const [a, b] = [folderOf(from), folderOf(to)]
  if (a === '' || a === b) return undefined
  if (to.startsWith('../')) return `${from} leaves src: ${to}`
  if (!allowed[a]?.includes(b)) return `${from} may not import ${b} (${to})`
  if (to !== `${b}/index.ts` && !sideDoors.has(to)) return `${from} enters ${b} through ${to} instead of ${b}/index.ts`
  return undefined
}

/** A connector or an engine never imports another one. */
function siblingViolation({ from, to }: Import): string | undefined {
  for (const parent of ['extract-load/connectors/', 'warehouse/']) {
    if (!from.startsWith(parent) || !to.startsWith(parent)) continue
    const [a, b] = [from, to].map((path) => path.slice(parent.length).split('/'))
    if (a && b && a.length > 1 && b.length > 1 && a[0] !== b[0]) return `${from} imports its sibling ${to}`
  }
  return undefined
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

const src = resolve(dirname(new URL(import.meta.url).pathname), '../src')
const files = filesBelow(src).map((path) => relative(src, path).split(sep).join('/'))
const isTest = (file: string) => /\.(spec|suite)\.ts$/.test(file)
const imports = files
  .filter((file) => !isTest(file))
  .flatMap((file) => importsOf(file, readFileSync(join(src, file), 'utf8')))

describe('boundaries between folders', () => {
  it('every folder imports only what lies below it, through its index', () => {
    expect(imports.map(violation).filter((problem) => problem !== undefined)).toEqual([])
  })
  it('no connector and no engine imports another one', () => {
    expect(imports.map(siblingViolation).filter((problem) => problem !== undefined)).toEqual([])
  })
  it('a sync stands on destinations, these on what all of them load with, and never the other way', () => {
    const [sync, destinations, loading] = ['sync/', 'destinations/', 'loading/'].map((one) => `extract-load/${one}`)
    const upward = imports.filter(
      ({ from, to }) =>
        (from.startsWith(destinations as string) && to.startsWith(sync as string)) ||
        (from.startsWith(loading as string) && /^extract-load\/(sync|destinations)\//.test(to)),
    )
    expect(upward).toEqual([])
  })
  it('has a rule for every folder', () => {
    const folders = new Set(files.map(folderOf).filter((folder) => folder !== ''))
    expect([...folders].filter((folder) => !(folder in allowed))).toEqual([])
  })
  it('the web UI imports only server/contract', () => {
    const ui = resolve(src, '../ui/src')
    const problems = filesBelow(ui)
      .flatMap((path) =>
        [...readFileSync(path, 'utf8').matchAll(/from\s+['"](\.[^'"]+)['"]/g)].map((match) => ({
          path,
          target: resolve(dirname(path), match[1] as string),
        })),
      )
      .filter(({ target }) => !target.startsWith(ui) && !target.startsWith(join(src, 'server/contract')))
    expect(problems).toEqual([])
  })
  it('imports have no cycles', () => {
    expect(findCycle(imports)).toBeUndefined()
  })
  const withRooms = [
    'orchestrate/',
    'transform/',
    'transform/parse/',
    'transform/execute/',
    'transform/commands/',
    'extract-load/connections/',
    'extract-load/loading/',
    'extract-load/connectors/declarative/',
    'extract-load/sync/',
    'platform/engine/',
    'platform/processes/',
  ]
  it.each(withRooms)('no room of %s imports one that stands on it', (folder) => {
    const between = roomImports(folder, imports)
    expect(between.length).toBeGreaterThan(0)
    expect(findCycle(between)).toBeUndefined()
  })
  it('can fail', () => {
    expect(violation({ from: 'extract-load/x.ts', to: 'transform/index.ts' })).toContain('may not import')
    expect(violation({ from: 'platform/x.ts', to: 'transform/parse/a.ts' })).toContain('index.ts')
    expect(siblingViolation({ from: 'warehouse/duckdb/a.ts', to: 'warehouse/postgres/b.ts' })).toContain('sibling')
    expect(
      findCycle([
        { from: 'a/x.ts', to: 'a/y.ts' },
        { from: 'a/y.ts', to: 'a/x.ts' },
      ]),
    ).toEqual(['a/x.ts', 'a/y.ts', 'a/x.ts'])
    expect(
      roomImports('a/', [
        { from: 'a/door.ts', to: 'a/b/x.ts' },
        { from: 'a/b/x.ts', to: 'a/b/y.ts' },
        { from: 'a/b/x.ts', to: 'a/c/x.ts' },
      ]),
    ).toEqual([{ from: 'b', to: 'c' }])
  })
})

/** What the sub-folders of a folder import of each other; its own files are doors, and may import all of them. */
function roomImports(folder: string, edges: readonly Import[]): Import[] {
  const roomOf = (file: string) => (file.startsWith(folder) ? folderOf(file.slice(folder.length)) : '')
  return edges
    .map(({ from, to }) => ({ from: roomOf(from), to: roomOf(to) }))
    .filter(({ from, to }) => from !== '' && to !== '' && from !== to)
}

/** The first import cycle, as a path that ends where it starts. `import type` counts too: it is a dependency of readers. */
function findCycle(edges: readonly Import[]): string[] | undefined {
  const graph = new Map<string, string[]>()
  for (const { from, to } of edges) graph.set(from, [...(graph.get(from) ?? []), to])
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): string[] | undefined => {
    if (done.has(file)) return undefined
    const at = path.indexOf(file)
    if (at >= 0) return [...path.slice(at), file]
    path.push(file)
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next)
      if (cycle) return cycle
    }
    path.pop()
    done.add(file)
    return undefined
  }
  for (const file of graph.keys()) {
    const cycle = visit(file)
    if (cycle) return cycle
  }
  return undefined
}
