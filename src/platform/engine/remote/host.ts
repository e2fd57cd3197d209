import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { inSpan, toMillraceError } from '../../../base/index.js'
import type { DbtCall, Engine } from '../../contract.js'
import { type AnswerLine, type RemoteMethod, remoteMethods, stoppableMethods } from './methods.js'
import { decode, encode } from './wire.js'

/** Callers keep a connection for five seconds, as Node does by itself. Would it be ended here as soon, one of them might just be using it again. */
const keepAliveMs = 75_000

export interface EngineHost {
  /** Waits until nobody is attached any more. New clients may still come: they would else have to wait for the last one. */
  drain(): Promise<void>
  close(): Promise<void>
}

/**
 * Serves an engine on a local socket: `POST /<method>` with `{args}`, answered by JSON lines; `GET /attach` stays open
 * for as long as a client wants the engine to live. Only this user can open the socket (mode 0600).
 */
export async function hostEngine(engine: Engine, path: string): Promise<EngineHost> {
  const attached = new Set<ServerResponse>()
  const calls = new Set<Promise<void>>()
  const idle: (() => void)[] = []
  const settle = () => {
    if (attached.size === 0 && calls.size === 0) for (const resolve of idle.splice(0)) resolve()
  }
  const server = createServer((request, response) => {
    if (request.url === '/attach') {
      attached.add(response)
      response.on('close', () => {
        attached.delete(response)
        settle()
      })
      response.writeHead(200).flushHeaders()
      return
    }
    const call = answer(engine, request, response).finally(() => {
      calls.delete(call)
      settle()
    })
    calls.add(call)
  })
  server.requestTimeout = 0
  server.keepAliveTimeout = keepAliveMs
  await rm(path, { force: true })
  await listen(server, path)
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return {
    async drain() {
      if (attached.size > 0 || calls.size > 0) await new Promise<void>((resolve) => idle.push(resolve))
    },
    async close() {
      for (const response of attached) response.destroy()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await rm(path, { force: true })
    },
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve())
  })
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const write = (line: AnswerLine) => {
    if (!response.destroyed) response.write(`${encode(line)}\n`)
  }
  const abort = new AbortController()
  response.on('close', () => abort.abort())
  try {
    const method = (request.url ?? '/').slice(1)
    const { args } = decode(await readBody(request)) as { args: unknown[] }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    const work = () => dispatch(engine, method, args, write, abort.signal)
    const parent = request.headers.traceparent
    // Who has no span of its own asks on its own account, mostly whether we live.
    const value = await (typeof parent === 'string'
      ? inSpan(`engine ${method}`, { kind: 'server', parent }, work)
      : work())
    write({ type: 'result', value })
  } catch (error) {
    write({ type: 'error', error: toMillraceError(error).toJSON() })
  } finally {
    response.end()
  }
}

async function dispatch(
  engine: Engine,
  method: string,
  args: unknown[],
  write: (line: AnswerLine) => void,
  signal: AbortSignal,
): Promise<unknown> {
  if (method === 'dbt') {
    const call = args[0] as Omit<DbtCall, 'stdout' | 'stderr' | 'signal'>
    return engine.dbt({
      ...call,
      signal,
      stdout: (line) => write({ type: 'stdout', line }),
      stderr: (line) => write({ type: 'stderr', line }),
    })
  }
  if (!remoteMethods.includes(method as RemoteMethod)) throw new Error(`The engine has no method ${method}.`)
  const target = engine[method as RemoteMethod] as (...args: unknown[]) => Promise<unknown>
  return target.apply(engine, withSignal(method as RemoteMethod, args, signal))
}

/** The caller's abort arrives as a closed connection: hand it to the methods that take a signal. */
function withSignal(method: RemoteMethod, args: unknown[], signal: AbortSignal): unknown[] {
  if (method === 'query' || method === 'exportParquet') return [{ ...(args[0] as object), signal }]
  if (stoppableMethods.some((one) => one === method)) return [args[0], { signal }]
  if (method === 'evaluateSensor') return [args[0], { ...(args[1] as object), signal }]
  return args
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
