import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openLine, renderTypes } from '../src/platform/types/render-types.js'
import { root } from './support/markdown.js'

const read = (path: string) => readFileSync(join(root, path), 'utf8').replace("'../src/index.js'", "'millrace'")
const text = read('test/authoring-types.ts')
const table = (key: string) => ({ key })
const names = {
  models: { revenue: table('main/revenue'), 'revenue.v1': table('main/revenue_v1') },
  seeds: { rates: table('main/rates') },
  snapshots: {},
  sources: { 'crm.users': table('raw/users') },
  streams: { shop: { orders: table('raw/orders'), 'it\'s "odd"': table('raw/it\'s "odd"') }, empty: {} },
}
const known = renderTypes({
  names,
  columns: new Map([
    ['main/revenue', ['day: string', 'total: string | null', 'orders: number | bigint | null']],
    ['main/revenue_v1', []],
    ['main/rates', [openLine]],
    ['raw/users', ['id: number', openLine]],
    ['raw/orders', ['"a b": string']],
    ['raw/it\'s "odd"', [openLine]],
  ]),
  assets: ['reports/revenue', 'reports/daily', 'exposures/board'],
  descriptions: new Map([['main/revenue', 'What came in, day by day']]),
})

/** What the compiler says of each of some files. */
function compile(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-types-'))
  try {
    symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
    for (const [name, code] of Object.entries(files)) writeFileSync(join(dir, name), code)
    writeFileSync(
      join(dir, 'tsconfig.json'),
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { noEmit: true, paths: { millrace: [join(root, 'src/index.ts')] } },
        include: ['*.ts'],
      }),
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    return spawnSync(process.execPath, [tsc, '-p', dir], { encoding: 'utf8', maxBuffer: 2 ** 26 }).stdout
  } finally {
    rmSync(dir, { recursive: true })
  }
}

it.each([
  ['of any project', text, {}, 25],
  ['of one whose names are known', read('test/known-names/definitions.ts'), { 'millrace-types.d.ts': known }, 15],
])('every mistake of the type tests is one: %s', { timeout: 60_000 }, (_, text, beside, atLeast) => {
  const marks = [...text.matchAll(/^ *\/\/ @ts-expect-error.*$/gm)].map((mark) => mark.index)
  expect(marks.length).toBeGreaterThan(atLeast)
  // In each file one mark less: what stood below it has to be refused now.
  const files = marks.map((mark, i) => [
    `without-${i}.ts`,
    `${text.slice(0, mark)}${text.slice(mark).replace('@ts-expect-error', 'mark')}`,
  ])
  const said = compile({ ...Object.fromEntries(files), 'whole.ts': text, ...beside })
  const refused = new Set([...said.matchAll(/\/(without-\d+)\.ts\(/g)].map(([, name]) => name))
  expect(said).not.toContain('whole.ts')
  expect(marks.map((_, i) => `without-${i}`).filter((name) => !refused.has(name))).toEqual([])
})

it('a mistake that the compiler accepts does not go unnoticed', { timeout: 60_000 }, () => {
  const mended = text.replace('inputs.whole[0]?.missing', 'inputs.whole[0]?.name')
  expect(mended).not.toBe(text)
  expect(compile({ 'mended.ts': mended })).toContain("Unused '@ts-expect-error' directive")
})

it('names are open in a project that has not told them', { timeout: 60_000 }, () => {
  const code = `import { asset, check, connection, dbt, defineProject, schedule } from 'millrace'
const { orders } = connection('any').streams
const a = asset('a', { deps: ['x', dbt.models.any, orders], inputs: { rows: dbt.sources['a.b'] }, async run({ inputs }) {
  for await (const row of inputs.rows) return String(row.any)
} })
export default defineProject(a, check(dbt.seeds.any, 'c', {}, () => ({ passed: true })), schedule('s', { cron: '* * * * *', target: [a] }))`
  expect(compile({ 'definitions.ts': code })).toBe('')
})

it('the example says what its file of types says', { timeout: 60_000 }, () => {
  const folder = 'examples/flights/orchestration'
  const [definitions, types] = [read(`${folder}/definitions.ts`), read(`${folder}/millrace-types.d.ts`)]
  expect(compile({ 'definitions.ts': definitions, 'millrace-types.d.ts': types })).toBe('')
  const wrong = definitions.replace('dbt.models.mart_worst_days', 'dbt.models.mart_worst_day')
  expect(compile({ 'definitions.ts': wrong, 'millrace-types.d.ts': types })).toContain(
    "Property 'mart_worst_day' does not exist on type 'DbtModels'. Did you mean 'mart_worst_days'?",
  )
})
