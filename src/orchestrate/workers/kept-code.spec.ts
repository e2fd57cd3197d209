import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildCode } from './build-code.js'
import { keptCode } from './kept-code.js'

let dir: string
let kept: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-kept-'))
  kept = join(dir, '.millrace/definitions')
  await write('library.mjs', 'export const defineProject = (...all) => all')
  await write(
    'definitions.ts',
    "import { defineProject } from 'millrace'\nimport { part } from './lib/part'\nexport default defineProject(part as string)\n",
  )
  await write('lib/part.ts', "export const part: string = 'first'\n")
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true })
  await writeFile(join(dir, path), text)
}

const make = async (maker = join(dir, 'library.mjs'), library = `file://${join(dir, 'library.mjs')}`) =>
  (await keptCode(kept, { file: join(dir, 'definitions.ts'), projectDir: dir, library }, maker))?.address

/** Of all modules. */
async function textAt(address: string | undefined): Promise<string> {
  const folder = dirname(fileURLToPath(address ?? 'file:///none/0.mjs'))
  return (await Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name), 'utf8')))).join(
    '',
  )
}

/** A file that is written anew is another one. */
async function indexFile(): Promise<number> {
  return (await stat(join(kept, (await readdir(kept)).find((name) => name.endsWith('.json')) ?? ''))).ino
}

it('is made once of what is unchanged', async () => {
  const first = await make()
  const { default: loaded } = (await import(first ?? '')) as { default: readonly string[] }
  expect(loaded).toEqual(['first'])
  const before = await indexFile()
  expect(await make()).toBe(first)
  expect(await indexFile()).toBe(before)
})

it.each<[what: string, change: () => Promise<unknown>, now: string]>([
  ['the file', () => write('definitions.ts', 'export default 4 + 4'), '4+4'],
  [
    'an imported file, to as many letters',
    () => write('lib/part.ts', "export const part: string = 'other'\n"),
    'other',
  ],
])('is made anew when this changed: %s', async (_what, change, now) => {
  const first = await make()
  await change()
  const second = await make()
  expect(await textAt(second)).toContain(now)
  expect(await textAt(first)).not.toContain(now)
})

it('a file is found before a folder of its name, also when it came later', async () => {
  await rm(join(dir, 'lib/part.ts'))
  await write('lib/part/index.ts', "export const part = 'in a folder'\n")
  expect(await textAt(await make())).toContain('in a folder')
  await write('lib/part.ts', "export const part = 'beside it'\n")
  expect(await textAt(await make())).toContain('beside it')
})

it('asks the compiler anew when its configuration changed, also one that it builds on', async () => {
  await write('lib/other.ts', "export const part = 'by another path'\n")
  await write('definitions.ts', "import { part } from '#part'\nexport default part\n")
  const config = (path: string) => JSON.stringify({ compilerOptions: { paths: { '#part': [path] } } })
  await write('base.json', config('./lib/part.ts'))
  await write('tsconfig.json', JSON.stringify({ extends: './base.json' }))
  expect(await textAt(await make())).toContain('first')
  await write('base.json', config('./lib/other.ts'))
  expect(await textAt(await make())).toContain('by another path')
  await write('tsconfig.json', config('./lib/part.ts'))
  expect(await textAt(await make())).toContain('first')
})

it.each([
  ['a package', '"extends": "@acme/tsconfig"'],
  ['a whole path', '"extends": "/etc/tsconfig.json"'],
  ['a package beside a file', '"extends": ["./base.json", "@acme/tsconfig/base.json"]'],
  ['a package, behind a comment', '// "extends": "./base.json",\n"extends": "@acme/tsconfig"'],
])('leaves the files to be loaded where their configuration builds on %s', async (_what, text) => {
  await write('base.json', '{}')
  await write('tsconfig.json', `{ ${text} }`)
  expect(await make()).toBeUndefined()
})

it('comments of a configuration count for nothing, texts that look like them stay', async () => {
  await write('a.json', '{}')
  await write(
    'tsconfig.json',
    '{ "compilerOptions": { "paths": { "#a/*": ["./a/*"] } }, /* "extends": "@acme/none", */ "extends": "./a.json" }',
  )
  const first = await make()
  expect(first).toBeDefined()
  const before = await indexFile()
  await write('a.json', '{ "compilerOptions": {} }')
  expect(await make()).toBe(first)
  expect(await indexFile()).not.toBe(before)
})

it('a configuration that changed while the code was made is not taken for the one of before', async () => {
  const config = (name: string) => JSON.stringify({ compilerOptions: { paths: { '#part': [`./lib/${name}.ts`] } } })
  await write('lib/other.ts', "export const part = 'by another path'\n")
  await write('definitions.ts', "import { part } from '#part'\nexport default part\n")
  await write('tsconfig.json', config('part'))
  // Who is told of the first build changes it behind its back.
  let builds = 0
  const changing: typeof buildCode = async (place) => {
    const built = await buildCode(place)
    if (++builds === 1) await write('tsconfig.json', config('other'))
    return built
  }
  const library = `file://${join(dir, 'library.mjs')}`
  const place = { file: join(dir, 'definitions.ts'), projectDir: dir, library }
  const made = await keptCode(kept, place, join(dir, 'library.mjs'), changing)
  expect(await textAt(made?.address)).toContain('by another path')
})

it('what is used is not forgotten by who makes another one', async () => {
  const first = await make()
  const old = new Date(Date.now() - 2 * 3600_000)
  const all = (await readdir(kept)).map((name) => join(kept, name))
  for (const path of all) await utimes(path, old, old)
  expect(await make()).toBe(first)
  await write('other.mjs', 'export const defineProject = () => []')
  await make(join(dir, 'other.mjs'), `file://${join(dir, 'other.mjs')}`)
  expect(await readdir(kept)).toEqual(expect.arrayContaining(all.map((path) => basename(path))))
  for (const path of all) await utimes(path, old, old)
  await write('definitions.ts', 'export default 1')
  await make(join(dir, 'other.mjs'), `file://${join(dir, 'other.mjs')}`)
  expect((await readdir(kept)).filter((name) => all.includes(join(kept, name)))).toEqual([])
})

it('an import that was deleted is told by who loads the files', async () => {
  await make()
  await rm(join(dir, 'lib/part.ts'))
  expect(await make()).toBeUndefined()
})

it.each([
  ['a syntax error', 'export default ('],
  ['what is imported by a name of the running code', "const name = './lib/part.js'\nexport default await import(name)"],
  ['what is resolved from the file', "export default import.meta.resolve('./lib/part.js')"],
  ['CommonJS', "module.exports = { type: 'project' }"],
])('leaves the file itself to be loaded for %s', async (_what, text) => {
  await write('definitions.ts', text)
  expect(await make()).toBeUndefined()
})

it('packages stay outside, and are noticed when they change', async () => {
  await write('node_modules/one/package.json', JSON.stringify({ name: 'one', type: 'module', exports: './a.js' }))
  await write('node_modules/one/a.js', "export const one = 'a'")
  await write('node_modules/one/b.js', "export const one = 'b'")
  await write('definitions.ts', "import { one } from 'one'\nexport default one\n")
  expect(await textAt(await make())).toContain('node_modules/one/a.js')
  await write('node_modules/one/package.json', JSON.stringify({ name: 'one', type: 'module', exports: './b.js' }))
  expect(await textAt(await make())).toContain('node_modules/one/b.js')
})

it('another package takes the place of one: by its link, or nearer', async () => {
  const put = async (folder: string) => {
    await write(`${folder}/package.json`, JSON.stringify({ name: 'one', type: 'module', exports: './a.js' }))
    await write(`${folder}/a.js`, 'export const one = 1')
  }
  const link = async (version: string) => {
    await rm(join(dir, 'node_modules/one'), { force: true })
    await symlink(`.pnpm/one@${version}/node_modules/one`, join(dir, 'node_modules/one'))
  }
  for (const version of ['1.0', '1.1']) await put(`node_modules/.pnpm/one@${version}/node_modules/one`)
  await link('1.0')
  await write('lib/part.ts', "import { one } from 'one'\nexport const part = one\n")
  expect(await textAt(await make())).toContain('one@1.0')
  await link('1.1')
  expect(await textAt(await make())).toContain('one@1.1')
  await put('lib/node_modules/one')
  expect(await textAt(await make())).toContain('lib/node_modules/one/a.js')
})

it('each file knows where it lies', async () => {
  await write(
    'lib/part.ts',
    'export const part: string = [import.meta.url, import.meta.dirname, import.meta.filename].join()',
  )
  const { default: loaded } = (await import((await make()) ?? '')) as { default: readonly string[] }
  expect(loaded).toEqual([[`file://${dir}/lib/part.ts`, `${dir}/lib`, `${dir}/lib/part.ts`].join()])
})

it('two versions of Millrace use what is theirs, beside each other', async () => {
  await write('other.mjs', 'export const defineProject = () => []')
  const other = join(dir, 'other.mjs')
  const mine = await make()
  const theirs = await make(other, `file://${other}`)
  expect(await textAt(theirs)).toContain(other)
  expect(await textAt(mine)).not.toContain(other)
  expect([await make(), await make(other, `file://${other}`)]).toEqual([mine, theirs])
})

it.each(['.json', '.mjs'])('a %s file that was cut is made anew', async (ending) => {
  const first = await make()
  const whole = await textAt(first)
  const name = (await readdir(kept, { recursive: true })).find((one) => one.endsWith(ending)) ?? ''
  await truncate(join(kept, name), 40)
  expect(await make()).toBe(first)
  expect(await textAt(first)).toBe(whole)
})

it('where nothing can be written the files are loaded', async () => {
  await write('.millrace', 'a file')
  expect(await make()).toBeUndefined()
})
