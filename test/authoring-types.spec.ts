import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/markdown.js'

const text = readFileSync(join(root, 'test/authoring-types.ts'), 'utf8').replace("'../src/index.js'", "'millrace'")
const marks = [...text.matchAll(/^ *\/\/ @ts-expect-error.*$/gm)].map((mark) => mark.index)

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

it('every mistake of the type tests is one', { timeout: 60_000 }, () => {
  expect(marks.length).toBeGreaterThan(25)
  // In each file one mark less: what stood below it has to be refused now.
  const files = marks.map((mark, i) => [
    `without-${i}.ts`,
    `${text.slice(0, mark)}${text.slice(mark).replace('@ts-expect-error', 'mark')}`,
  ])
  const said = compile({ ...Object.fromEntries(files), 'whole.ts': text })
  const refused = new Set([...said.matchAll(/\/(without-\d+)\.ts\(/g)].map(([, name]) => name))
  expect(said).not.toContain('whole.ts')
  expect(marks.map((_, i) => `without-${i}`).filter((name) => !refused.has(name))).toEqual([])
})

it('a mistake that the compiler accepts does not go unnoticed', { timeout: 60_000 }, () => {
  const mended = text.replace('inputs.whole[0]?.missing', 'inputs.whole[0]?.name')
  expect(mended).not.toBe(text)
  expect(compile({ 'mended.ts': mended })).toContain("Unused '@ts-expect-error' directive")
})
