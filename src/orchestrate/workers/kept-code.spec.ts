import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
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

const make = (maker = join(dir, 'library.mjs'), library = `file://${join(dir, 'library.mjs')}`) =>
  keptCode(kept, { file: join(dir, 'definitions.ts'), projectDir: dir, library }, maker)

const textAt = async (address: string | undefined) => readFile(fileURLToPath(address ?? 'file:///none'), 'utf8')

it('is made once of what is unchanged', async () => {
  const first = await make()
  const { default: loaded } = (await import(first ?? '')) as { default: readonly string[] }
  expect(loaded).toEqual(['first'])
  const before = await readdir(kept)
  // Who makes it again writes it again.
  await writeFile(fileURLToPath(first ?? ''), `${await textAt(first)}`)
  expect(await make()).toBe(first)
  expect(await readdir(kept)).toEqual(before)
})

it.each<[what: string, change: () => Promise<unknown>, now: string]>([
  ['the file', () => write('definitions.ts', 'export default 4 + 4'), '4 + 4'],
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
  await write(
    'node_modules/one/package.json',
    JSON.stringify({ name: 'one', type: 'module', exports: './b.js', peerDependencies: { millrace: '*' } }),
  )
  expect(await make()).toBeUndefined()
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
  const name = (await readdir(kept)).find((one) => one.endsWith(ending)) ?? ''
  await truncate(join(kept, name), 40)
  expect(await make()).toBe(first)
  expect(await textAt(first)).toBe(whole)
})

it('where nothing can be written the files are loaded', async () => {
  await write('.millrace', 'a file')
  expect(await make()).toBeUndefined()
})
