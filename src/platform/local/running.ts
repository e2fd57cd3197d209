import http from 'node:http'
import https from 'node:https'
import { lockHolder, systemClock } from '../../base/index.js'
import type { Project } from '../contract.js'
import { upLock } from '../up/up-lock.js'

/** A `millrace up` that runs on the project, whoever started it. */
export interface RunningUp {
  readonly pid: number
  readonly startedAt: string | undefined
  readonly version: string | undefined
  /** Undefined until it serves. */
  readonly url: string | undefined
  readonly airbyteUrl: string | undefined
}

const answerMs = 3_000

export async function runningUp(project: Pick<Project, 'stateDir'>): Promise<RunningUp | undefined> {
  const holder = await lockHolder(upLock(project))
  if (!holder) return undefined
  const told = (name: string) => (typeof holder[name] === 'string' ? (holder[name] as string) : undefined)
  return {
    pid: holder.pid,
    startedAt: told('startedAt'),
    version: told('version'),
    url: told('url'),
    airbyteUrl: told('airbyteUrl'),
  }
}

/** Whether a server answers there. It is told nothing, so whoever signed its certificate will do. */
export function answers(url: string | undefined, signal?: AbortSignal): Promise<boolean> {
  if (url === undefined) return Promise.resolve(false)
  const limits = [AbortSignal.timeout(answerMs), ...(signal ? [signal] : [])]
  const options = { signal: AbortSignal.any(limits), agent: false, rejectUnauthorized: false }
  const get = url.startsWith('https:') ? https.get : http.get
  return new Promise((resolve) => {
    get(new URL('/livez', url), options, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
  })
}

/** Asks again and again. @returns undefined where there is no answer in time */
export async function within<T>(
  timeoutMs: number,
  ask: () => Promise<T | undefined>,
  { everyMs = 200, signal }: { readonly everyMs?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<T | undefined> {
  for (const untilMs = systemClock.monotonicMs() + timeoutMs; ; ) {
    signal?.throwIfAborted()
    const answer = await ask()
    if (answer !== undefined || systemClock.monotonicMs() >= untilMs) return answer
    await systemClock.sleep(everyMs, { signal })
  }
}
