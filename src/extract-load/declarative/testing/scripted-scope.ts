import { type Clock, systemClock } from '../../../base/index.js'
import { buildScope } from '../build.js'
import type { BuildScope } from '../component.js'
import type { HttpRequest, HttpResponse, Mapping, SourceServices } from '../component-contract.js'
import '../components/all.js'
import { wholeResponse } from '../http/response.js'
import { interpolationOf } from '../interpolation/index.js'

/** What an API answers, one after the other. */
export interface ScriptedAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
}

export interface ScriptedScope extends BuildScope {
  readonly requests: readonly HttpRequest[]
  readonly logs: readonly string[]
  /** Seconds. */
  readonly waits: readonly number[]
  readonly left: readonly ScriptedAnswer[]
}

/** For tests of components: the real ones, with a transport that answers by a script, and a clock that does not wait. */
export function scriptedScope(
  given: {
    readonly config?: Mapping
    readonly script?: readonly ScriptedAnswer[]
    readonly services?: Partial<SourceServices>
  } = {},
): ScriptedScope {
  const { config = {} } = given
  const left = [...(given.script ?? [])]
  const requests: HttpRequest[] = []
  const logs: string[] = []
  const waits: number[] = []
  const clock: Clock = {
    ...systemClock,
    async sleep(ms) {
      if (ms > 0) waits.push(ms / 1000)
    },
  }
  const scope = buildScope({
    config,
    interpolation: interpolationOf(config, { clock }),
    services: {
      clock,
      random: () => 0.5,
      say: async (event) => {
        if (event.type === 'log') logs.push(event.message)
      },
      transport: {
        async send(request) {
          requests.push(request)
          const answer = left.shift()
          if (!answer) throw new Error(`Nothing is left to answer ${request.url}.`)
          return scriptedResponse(answer, request)
        },
      },
      ...given.services,
    },
  })
  return { ...scope, requests, logs, waits, left }
}

export function scriptedResponse(
  { status = 200, headers = {}, json, text = JSON.stringify(json) }: ScriptedAnswer,
  request: HttpRequest = { method: 'GET', url: 'http://api.test/', headers: [] },
): HttpResponse {
  const names = Object.keys(headers)
  const head = {
    request,
    url: request.url,
    status,
    headers: new Map(names.map((name) => [name.toLowerCase(), headers[name] ?? ''])),
    headerNames: new Map(names.map((name) => [name.toLowerCase(), name])),
  }
  return wholeResponse(head, Buffer.from(text))
}
