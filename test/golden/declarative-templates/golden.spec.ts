import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatDatetime, parseDatetime } from '../../../src/extract-load/declarative/datetime/index.js'
import { interpolationOf } from '../../../src/extract-load/declarative/interpolation/index.js'
import { templateSlice } from '../../../src/extract-load/declarative/template-slice.js'
import { NoJsonValue, readJson } from '../../../src/extract-load/declarative/values/index.js'
import { floatText, PyFloat, PyTuple } from '../../../src/jinja/index.js'

/** Recorded by scripts/golden/declarative_templates.py; the first line tells with what. */
function recorded<Header, Row>(name: string): { readonly header: Header; readonly rows: readonly Row[] } {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8')
  const [header, ...rows] = text.trimEnd().split('\n').map(readJson)
  return { header: header as Header, rows: rows as Row[] }
}

/** In the form in which values are recorded. */
function shown(value: unknown): unknown {
  if (value instanceof PyFloat || (typeof value === 'number' && !Number.isInteger(value)))
    return { float: floatText(Number(value)) }
  if (typeof value === 'bigint' && value >= 2n ** 64n) return { int: String(value) }
  if (value instanceof PyTuple) return { tuple: [...value].map(shown) }
  if (Array.isArray(value)) return value.map(shown)
  if (value instanceof NoJsonValue) return { other: value.pythonType }
  if (typeof value !== 'object' || value === null) return value
  return { dict: Object.entries(value).map(([key, item]) => [key, shown(item)]) }
}

function answer(work: () => unknown): unknown {
  try {
    return shown(work())
  } catch {
    return { error: expect.any(String) }
  }
}

interface Surroundings {
  readonly now: string
  readonly config: Record<string, unknown>
  readonly parameters: Record<string, unknown>
  readonly values: Record<string, unknown>
  readonly slice: Parameters<typeof templateSlice>[0]
}

describe('templates say what they say to the CDK', () => {
  const { header, rows } = recorded<Surroundings, [string, unknown, unknown]>('templates.jsonl')
  const interpolation = interpolationOf(header.config, { clock: { now: () => new Date(header.now) } })
  const own = interpolation.withParameters(header.parameters)
  const values = { ...header.values, ...templateSlice(header.slice) }
  it.each(rows)('%j', (template, value, condition) => {
    expect(value).toEqual(answer(() => own.value(template)(values)))
    expect(condition).toEqual(answer(() => own.boolean(template)(values)))
  })
})

describe('times are read and written as the CDK does', () => {
  const { rows } = recorded<object, [unknown, string, string, unknown, unknown]>('moments.jsonl')
  it.each(rows)('%j as %s → %s', (value, inputFormat, outputFormat, parsed, printed) => {
    expect(parsed).toEqual(answer(() => parseDatetime(value, inputFormat).iso('T')))
    expect(printed).toEqual(answer(() => formatDatetime(parseDatetime(value, inputFormat), outputFormat)))
  })
})
