import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/base/index.js'
import { buildScope } from '../../../src/extract-load/declarative/build.js'
import type { BuildScope, ComponentDefinition } from '../../../src/extract-load/declarative/component.js'
import '../../../src/extract-load/declarative/components/all.js'
import type { HttpRequest, Mapping, RequestOptions, StreamSlice } from '../../../src/extract-load/declarative/component-contract.js'
import { failureOf } from '../../../src/extract-load/declarative/failure.js'
import {
  apiBudgetKey,
  PaginationReset,
  TransportError,
  type TransportProblem,
} from '../../../src/extract-load/declarative/http/index.js'
import { wholeResponse } from '../../../src/extract-load/declarative/http/response.js'
import { interpolationOf } from '../../../src/extract-load/declarative/interpolation/index.js'
import { PyFloat } from '../../../src/jinja/index.js'

interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
  readonly fails?: TransportProblem
}

interface Case {
  readonly definition: ComponentDefinition
  readonly config?: Mapping
  readonly slice?: Partial<StreamSlice>
  readonly token?: Mapping
  readonly path?: string
  readonly options?: RequestOptions
  readonly times?: number
  readonly budget?: ComponentDefinition
  readonly script?: readonly Answer[]
  readonly text?: string
  readonly hex?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly answer: Mapping & { readonly error?: boolean; readonly controls?: readonly Mapping[] }
}

/** `12345678901234567890` as YAML has it. */
const exact = (_key: string, value: unknown) => (value === 12345678901234567000 ? 12345678901234567890n : value)

const cases = (name: string): [number, string, Case][] =>
  readFileSync(join(import.meta.dirname, `${name}.jsonl`), 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((line, at) => {
      const one = JSON.parse(line, exact) as Case
      return [at + 2, line.slice(15, 115), one]
    })

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, inner) => (inner instanceof PyFloat ? inner.value : inner)) ?? 'null')

/** The world of a case: its clock stands still but for the waits, and the API answers by its script. */
function world({ config = {}, script = [] }: Case) {
  const sent: unknown[] = []
  const waits: number[] = []
  const left = [...script]
  const controls: Mapping[] = []
  let limited = 0
  let nowMs = Date.parse('2024-03-01T12:00:00Z')
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms
      if (ms > 1) waits.push(Math.round(ms) / 1000)
    },
  }
  const scope: BuildScope = buildScope({
    config,
    interpolation: interpolationOf(config, { clock }),
    services: {
      clock,
      random: () => 0,
      say: async (event) => {
        if (event.type === 'control') controls.push(event.config)
        if (event.type === 'status') limited++
      },
      transport: {
        send: async (request) => {
          if (!/^https?:/.test(request.url)) throw new TransportError('InvalidSchema', 'no such scheme')
          const headers = request.headers.map(([name, value]) => [name.toLowerCase(), value])
          sent.push([request.method, request.url, headers.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)), request.body ?? ''])
          const answer = answerTo(request, sent.length, left)
          if (answer.fails) throw new TransportError(answer.fails, 'no answer')
          const names = Object.entries({ 'content-type': 'application/json', ...answer.headers })
          const body = answer.text ?? JSON.stringify(answer.json ?? null)
          return wholeResponse(
            {
              request,
              url: request.url,
              status: answer.status ?? 200,
              headers: new Map(names.map(([name, value]) => [name.toLowerCase(), value])),
            },
            Buffer.from(body),
          )
        },
      },
    },
  })
  return { scope, sent, waits, controls, limited: () => limited }
}

function answerTo(request: HttpRequest, count: number, left: Answer[]): Answer {
  if (request.url.includes('/login'))
    return {
      json: {
        data: { token: `tok${count}` },
        access_token: `at${count}`,
        refresh_token: `rt${count}`,
        expires_in: 3600,
      },
    }
  return left.shift() ?? { json: { ok: 1 } }
}

async function run(one: Case): Promise<Mapping> {
  const { scope, sent, waits, controls, limited } = world(one)
  const outcome: Record<string, unknown> = {}
  try {
    if (one.budget) {
      const budget = scope.build('api_budget', one.budget)
      scope.shared.once(apiBudgetKey, () => budget)
    }
    const decoder = scope.build('decoder', { type: 'JsonDecoder' })
    const requester = scope.build('requester', one.definition, { name: 's', decoder })
    const slice = one.slice && { partition: {}, cursorSlice: {}, extraFields: {}, ...one.slice }
    for (let i = 0; i < (one.times ?? 1); i++)
      outcome.ok =
        (await requester.send({ slice, nextPageToken: one.token, path: one.path, options: one.options })) !== undefined
  } catch (error) {
    delete outcome.ok
    outcome.failure = error instanceof PaginationReset ? 'PaginationResetRequiredException' : failureOf(error).failureType
  }
  if (limited() > 0) outcome.limited = limited()
  if (controls.length > 0) outcome.controls = controls
  return { ...outcome, sent, waits }
}

describe.each(['requests', 'sending'])('%s', (name) => {
  it.each(cases(name))('line %i: %s', async (_line, _definition, one) => {
    const { ok, failure, ...answer } = one.answer
    // The requests that led to a failure say whether it is the same one.
    expect(plain(await run(one))).toEqual(plain({ ...answer, ...(failure === undefined ? { ok } : { failure }) }))
  })
})

/** What the CDK cannot read is a page without records to it, and a failure here; behind a byte order mark JSON is read. */
function isUnread({ definition, answer }: Case, body: Buffer): boolean {
  if (body.toString().trim() === '' || body[0] === 0xef) return false
  const values = JSON.stringify(answer.values)
  if (definition.type === 'XmlDecoder') return values === '[{}]'
  return definition.type === 'JsonDecoder' && values === '[{},{}]' && body.toString() !== 'null'
}

describe('decoders', () => {
  it.each(cases('decoders'))('line %i: %s', async (_line, _definition, one) => {
    const body = one.hex === undefined ? Buffer.from(one.text ?? '') : Buffer.from(one.hex, 'hex')
    const request = { method: 'GET', url: 'https://api.test/', headers: [] }
    const headers = new Map(Object.entries(one.headers ?? {}))
    const read = async () => {
      const decoder = world(one).scope.build('decoder', one.definition)
      const values: unknown[] = []
      const response = wholeResponse({ request, url: request.url, status: 200, headers }, body)
      // A byte at a time: nothing may depend on how a body is cut.
      const inBytes = { ...response, stream: async function* () { for (const byte of body) yield Uint8Array.of(byte) } }
      for await (const batch of decoder.decode(inBytes)) values.push(...batch)
      return plain(values)
    }
    if (one.answer.error || isUnread(one, body)) await expect(read()).rejects.toThrow()
    else if (one.text?.startsWith('\ufeff{')) expect(await read()).toEqual([JSON.parse(one.text.slice(1))])
    else expect(await read()).toEqual(plain(one.answer.values))
  })
})
