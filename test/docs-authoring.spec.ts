import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Condition, checks, when } from '../src/orchestrate/index.js'
import { senders } from '../src/orchestrate/webhooks/senders.js'
import { fences, namesInTable, pageOf, root } from './support/markdown.js'

const page = pageOf('docs/orchestration.md')
const further = pageOf('docs/authoring.md')
const source = (path: string) => readFileSync(join(root, 'src/orchestrate', path), 'utf8')

/** The names of the properties of a type that is written out after `start`, as Biome formats it. */
function properties(code: string, start: string): string[] {
  const at = code.indexOf(start)
  if (at < 0) throw new Error(`${start} is not in the code`)
  const [, indent = '', body = ''] = /\{\n( +)(.*?)\n {0,2}\}/s.exec(code.slice(at)) ?? []
  return [...`${indent}${body}`.matchAll(new RegExp(`^${indent}(?:readonly )?(\\w+)[?]?[:(<]`, 'gm'))].map(
    ([, name = '']) => name,
  )
}

const authoring = source('authoring/define.ts') + source('authoring/sensor.ts')
const inHeading = (heading: string) => namesInTable(page, heading).map((name) => name.replace(/\(.*/, ''))

describe('docs/orchestration.md describes every option', () => {
  it.each([
    ['asset', 'interface AssetOptions'],
    ['schedule', 'interface ScheduleOptions'],
    ['sensor', 'interface SensorOptions'],
    ['The context', 'interface RunContext'],
  ])('of %s', (heading, start) => {
    const documented = inHeading(heading)
    const known = properties(authoring, start)
    expect(known.length).toBeGreaterThan(3)
    expect(known.filter((name) => !documented.includes(name))).toEqual([])
  })

  it.each([
    ['Several assets of one function', 'multi-asset', 'interface MultiAssetOptions'],
    ['Several assets of one function', 'multi-asset', 'interface OutputOptions'],
    ['Resources', 'resource', 'interface ResourceOptions'],
  ])('of %s, of %s.ts: %s', (heading, file, start) => {
    const documented = namesInTable(further, heading)
    const known = properties(source(`authoring/${file}.ts`), start)
    const section = further.text.slice(further.text.indexOf(`## ${heading}`))
    expect(known.length).toBeGreaterThan(0)
    expect(known.filter((name) => !documented.includes(name) && !section.includes(`\`${name}\``))).toEqual([])
  })

  it('of check', () => {
    const known = properties(source('authoring/checks/check.ts'), 'interface CheckOptions')
    expect(known).toContain('blocking')
    expect(inHeading('check')).toEqual(expect.arrayContaining(known))
    const given = properties(source('authoring/checks/check-context.ts'), 'interface BasicCheckContext')
    expect(inHeading('Checks')).toEqual(expect.arrayContaining([...given, 'value', 'partition', 'partitions']))
  })

  it('of checks that need not be written', () => {
    const names = namesInTable(page, 'Checks that need not be written')
    expect(names).toEqual(expect.arrayContaining(Object.keys(checks)))
    const options = [
      ...properties(source('authoring/checks/built-in-check.ts'), 'interface BuiltInOptions'),
      ...properties(source('authoring/checks/no-anomaly.ts'), 'interface AnomalyOptions'),
      ...properties(source('authoring/checks/schema-unchanged.ts'), 'interface SchemaUnchangedOptions'),
    ]
    expect(options.length).toBeGreaterThan(7)
    const section = page.text.slice(page.text.indexOf('### Checks that need not be written'))
    expect(options.filter((name) => !section.includes(`\`${name}`))).toEqual([])
  })

  it('of newRows', () => {
    const known = properties(source('sensors/new-rows.ts'), 'export function newRows(options: ')
    expect(known).toContain('table')
    expect(inHeading('sensor')).toEqual(expect.arrayContaining(known))
  })

  it('of webhook', () => {
    const known = properties(source('webhooks/webhook.ts'), 'export interface WebhookOptions')
    expect(known).toEqual(expect.arrayContaining(['secret', 'evaluate']))
    expect(namesInTable(page, 'Webhooks')).toEqual(expect.arrayContaining([...known, ...Object.keys(senders)]))
  })

  it('of newFiles', () => {
    const known = properties(source('sensors/new-files.ts'), 'export function newFiles(options: ')
    expect(known).toContain('path')
    expect(inHeading('sensor')).toEqual(expect.arrayContaining(known))
  })
})

it('docs/automation.md names every condition, and every method of one', () => {
  const text = readFileSync(join(root, 'docs/automation.md'), 'utf8')
  const methods = Object.getOwnPropertyNames(Condition.prototype).filter((name) => name !== 'constructor')
  expect(Object.keys(when).filter((name) => !new RegExp(`\\b${name}\\(`).test(text))).toEqual([])
  expect(methods.filter((name) => !text.includes(`.${name}(`))).toEqual([])
})

it('their examples type-check', { timeout: 180_000 }, () => {
  const example = fences(page).find((fence) => fence.language === 'ts')?.text ?? ''
  const compile = (...codes: string[]) => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-docs-'))
    try {
      symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
      writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
      for (const [i, code] of codes.entries()) writeFileSync(join(dir, `definitions-${i}.ts`), code)
      writeFileSync(
        join(dir, 'tsconfig.json'),
        JSON.stringify({
          extends: join(root, 'tsconfig.json'),
          compilerOptions: {
            noEmit: true,
            paths: { millrace: [join(root, 'src/index.ts')], 'millrace/testing': [join(root, 'src/testing.ts')] },
          },
          include: ['definitions-*.ts'],
        }),
      )
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      return spawnSync(process.execPath, [tsc, '-p', dir], { encoding: 'utf8' }).stdout
    } finally {
      rmSync(dir, { recursive: true })
    }
  }
  const all = [page, further, pageOf('docs/automation.md')].flatMap((one) => fences(one))
  const blocks = all.filter(({ language }) => language === 'ts').map(({ text }) => text)
  expect(blocks.length).toBeGreaterThan(8)
  expect(compile(...blocks)).toBe('')
  expect(compile(example.replace("every: '5m'", 'every: 5'))).toContain('not assignable')
})
