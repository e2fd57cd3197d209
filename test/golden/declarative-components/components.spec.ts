import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ComponentDefinition } from '../../../src/extract-load/declarative/component.js'
import { auxiliaryRetriever } from '../../../src/extract-load/declarative/components/retrievers/auxiliary-retriever.js'
import type { Mapping, RecordData, StreamSlice } from '../../../src/extract-load/declarative/component-contract.js'
import {
  type ScriptedAnswer,
  scriptedResponse,
  scriptedScope,
} from '../../../src/extract-load/declarative/testing/scripted-scope.js'
import { PyFloat } from '../../../src/jinja/index.js'

interface Case {
  readonly definition: ComponentDefinition
  readonly config?: Mapping
  readonly slice?: Partial<StreamSlice>
  readonly records?: readonly RecordData[]
  readonly transformations?: readonly ComponentDefinition[]
  readonly schema?: Mapping
  readonly response?: ScriptedAnswer
  readonly script?: readonly ScriptedAnswer[]
  readonly text?: string
  readonly answer: { readonly error?: boolean; readonly records?: readonly unknown[] } & Mapping
}

const cases = (name: string): [number, string, Case][] =>
  readFileSync(join(import.meta.dirname, `${name}.jsonl`), 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((line, at) => [
      at + 2,
      JSON.stringify((JSON.parse(line) as Case).definition).slice(0, 100),
      JSON.parse(line) as Case,
    ])

/** To the CDK a page of HTML is one without records; here it fails. */
const isHtml = (response: object | undefined) => JSON.stringify(response)?.includes('"<html>"') === true

const sliceOf = ({ slice }: Case): StreamSlice => ({ partition: {}, cursorSlice: {}, extraFields: {}, ...slice })

/** Floats as JSON.parse has them. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, inner) => (inner instanceof PyFloat ? inner.value : inner)))

async function all(batches: AsyncIterable<readonly RecordData[]>, into: unknown[] = []): Promise<unknown[]> {
  for await (const batch of batches) for (const record of batch) into.push(plain(record))
  return into
}

describe('transformations', () => {
  it.each(cases('transformations'))('line %i: %s', (_line, _definition, one) => {
    const run = () => {
      const transformation = scriptedScope({ config: one.config ?? {} }).build('transformation', one.definition)
      const records = structuredClone(one.records ?? []) as RecordData[]
      for (const record of records) transformation.transform(record, { slice: one.slice && sliceOf(one) })
      return records
    }
    if (one.answer.error) expect(run).toThrow()
    else expect(plain(run())).toEqual(one.answer.records)
  })
})

describe('selectors', () => {
  it.each(cases('selectors'))('line %i: %s', async (_line, _definition, one) => {
    const run = async () => {
      const scope = scriptedScope({ config: one.config ?? {} })
      const { schema = { type: 'object' } } = one
      const selector = scope.build('record_selector', one.definition, {
        decoder: scope.build('decoder', { type: 'JsonDecoder' }),
        transformations: (one.transformations ?? []).map((each) => scope.build('transformation', each)),
        schema: Object.keys(schema).length > 0 ? { schema: async () => ({ ...schema }) } : undefined,
      })
      const tally = { extracted: 0 }
      const records = await all(selector.select(scriptedResponse(one.response ?? {}), { slice: sliceOf(one) }, tally))
      return { records, extracted: tally.extracted }
    }
    if (one.answer.error || isHtml(one.response)) await expect(run()).rejects.toThrow()
    else expect(await run()).toEqual(one.answer)
  })
})

describe('retrievers', () => {
  it.each(cases('retrievers'))('line %i: %s', async (_line, _definition, one) => {
    const scope = scriptedScope({ config: one.config ?? {}, script: one.script ?? [] })
    const records: unknown[] = []
    let error = false
    try {
      await all(auxiliaryRetriever(one.definition, scope, { name: 's' }).readSlice(sliceOf(one)), records)
    } catch {
      error = true
    }
    const requests = scope.requests.map(({ url, body = null, headers }) => ({
      url,
      body,
      headers: Object.fromEntries(headers.filter(([name]) => /^x-/i.test(name))),
    }))
    expect({ records, requests, waits: scope.waits, error }).toEqual(isHtml(one.script) ? { ...one.answer, error: true } : one.answer)
  })
})

describe('files', () => {
  it.each(cases('files'))('line %i: %s', async (_line, _definition, one) => {
    const scope = scriptedScope()
    const extractor = scope.build('record_extractor', one.definition, {
      decoder: scope.build('decoder', { type: 'JsonDecoder' }),
    })
    // Rows, quotes and characters lie in several pieces.
    const body = Buffer.from(one.text ?? '')
    const pieces = async function* () {
      for (let at = 0; at < body.length; at += 3) yield body.subarray(at, at + 3)
    }
    const records = all(extractor.extract({ ...scriptedResponse({ text: '' }), stream: pieces }))
    if (one.answer.error) await expect(records).rejects.toThrow()
    else expect(await records).toEqual(one.answer.records)
  })
})

describe('schemas', () => {
  it.each(cases('schemas'))('line %i: %s', async (_line, _definition, one) => {
    const scope = scriptedScope({ config: one.config ?? {}, script: one.script ?? [] })
    const schema = scope.build('schema_loader', one.definition).schema()
    if (one.answer.error) await expect(schema).rejects.toThrow()
    else expect({ schema: await schema }).toEqual(one.answer)
  })
})
