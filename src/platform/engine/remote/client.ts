import { type ClientRequest, request } from 'node:http'
import { createInterface } from 'node:readline'
import { currentSpan, type ErrorJson, errorFromJson } from '../../../base/index.js'
import type { DbtCall, Engine } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import { type AnswerLine, answersWithinMs, type RemoteMethod, remoteMethods, stoppableMethods } from './methods.js'
import { decode, encode } from './wire.js'

/**
 * A client of the engine that listens on `path`, or undefined when nobody listens there.
 * While it is open, an engine that belongs to another command stays alive.
 */
export async function connectEngine(path: string): Promise<Engine | undefined> {
  const attachment = await attach(path)
  if (!attachment) return undefined
  return engineClient(path, () => attachment.destroy())
}

/**
 * A client that connects anew at every call: for the server, whose engine may be restarted under it, and whose pages must not wait
 * for ever for one that hangs.
 */
export function reconnectingEngine(path: string, withinMs: WithinMs = answersWithinMs): Engine {
  return engineClient(path, () => {}, withinMs)
}

type WithinMs = Partial<Record<RemoteMethod, number>>

function engineClient(path: string, leave: () => void, withinMs: WithinMs = {}): Engine {
  const remote = Object.fromEntries(
    remoteMethods.map((method) => [method, (...args: unknown[]) => callWithin(withinMs[method], path, method, args)]),
  ) as unknown as Pick<Engine, RemoteMethod>
  const stoppable = Object.fromEntries(
    stoppableMethods.map((method) => [
      method,
      (subject: unknown, options?: CallOptions) => call(path, method, [subject], options),
    ]),
  ) as unknown as Pick<Engine, (typeof stoppableMethods)[number]>
  return {
    ...remote,
    isRemote: true,
    query: ({ signal, ...query }) => call(path, 'query', [query], { signal }) as ReturnType<Engine['query']>,
    exportParquet: ({ signal, ...query }) => call(path, 'exportParquet', [query], { signal }) as Promise<string>,
    ...stoppable,
    evaluateSensor: (name, { signal, ...question }) =>
      call(path, 'evaluateSensor', [name, question], { signal }) as ReturnType<Engine['evaluateSensor']>,
    dbt: ({ stdout, stderr, signal, ...plain }: DbtCall) =>
      call(path, 'dbt', [plain], { signal, stdout, stderr }) as Promise<number>,
    close: async () => leave(),
  }
}

function attach(path: string): Promise<ClientRequest | undefined> {
  return new Promise((resolve) => {
    const sent = request({ socketPath: path, path: '/attach', method: 'GET' }, (response) => {
      response.resume()
      response.on('error', () => {})
      // The attachment alone must not keep this process alive.
      response.socket.unref()
      resolve(sent)
    })
    sent.on('error', () => resolve(undefined))
    sent.end()
  })
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined
  readonly stdout?: (line: string) => void
  readonly stderr?: (line: string) => void
}

/** @param ms how long the answer may take; undefined: as long as it takes */
async function callWithin(ms: number | undefined, path: string, method: string, args: readonly unknown[]) {
  if (ms === undefined) return call(path, method, args)
  const signal = AbortSignal.timeout(ms)
  try {
    return await call(path, method, args, { signal })
  } catch (error) {
    if (error !== signal.reason) throw error
    throw platformErrors.create('ENGINE_UNREACHABLE', {
      message: `The engine did not answer \`${method}\` within ${ms / 1000} s.`,
      hint: 'It may be at work, wait for the warehouse, or hang. Try again; `millrace doctor` shows what runs.',
    })
  }
}

const isNotThere = (cause: unknown) =>
  ['ENOENT', 'ECONNREFUSED'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '')

function call(path: string, method: string, args: readonly unknown[], options: CallOptions = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const lost = (cause: unknown) =>
      reject(
        options.signal?.aborted
          ? options.signal.reason
          : platformErrors.create('ENGINE_UNREACHABLE', {
              ...(isNotThere(cause)
                ? { message: `There is no engine that could be asked for \`${method}\`.` }
                : { message: `The engine stopped answering while it worked on \`${method}\`.` }),
              hint: 'It may be starting, or have been restarted. Try again; `millrace doctor` shows what runs.',
              cause,
            }),
      )
    const { traceparent } = currentSpan()
    const headers = traceparent === undefined ? {} : { traceparent }
    const sent = request(
      {
        socketPath: path,
        path: `/${method}`,
        method: 'POST',
        headers,
        ...(options.signal ? { signal: options.signal } : {}),
      },
      (response) => {
        let isAnswered = false
        response.on('error', lost)
        const lines = createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY })
        lines.on('line', (text) => {
          const line = decode(text) as AnswerLine
          if (line.type === 'stdout') options.stdout?.(line.line)
          else if (line.type === 'stderr') options.stderr?.(line.line)
          else if (line.type === 'result') {
            isAnswered = true
            resolve(line.value)
          } else if (line.type === 'error') {
            isAnswered = true
            reject(errorFromJson(line.error as ErrorJson))
          }
        })
        // `undefined` results have no value in JSON; an end without any last line is a lost engine.
        lines.on('close', () => {
          if (!isAnswered) lost(undefined)
        })
      },
    )
    sent.on('error', lost)
    sent.end(encode({ args }))
  })
}
