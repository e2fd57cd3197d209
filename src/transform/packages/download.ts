import { setTimeout as sleep } from 'node:timers/promises'
import { redact } from '../../base/index.js'
import { transformErrors } from '../errors.js'

/** Between attempts: a server that stumbled gets a moment, and a machine without a network an answer soon. */
const pausesMs = [200, 800]
const timeoutMs = 30_000

export interface Request {
  readonly url: string
  /** What is fetched, for the error. */
  readonly what: string
  readonly signal?: AbortSignal | undefined
}

/** @throws TRANSFORM_PACKAGES_MISSING saying what could not be reached and why */
export async function download({ url, what, signal }: Request): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await request(url, signal)
    if (outcome instanceof Response && outcome.ok) return outcome
    const pause = pausesMs[attempt]
    // Another attempt changes nothing about a wrong address.
    const isFinal = outcome instanceof Response && outcome.status < 500 && outcome.status !== 429
    if (pause === undefined || isFinal) throw unreachable(url, what, outcome)
    await sleep(pause, undefined, { signal })
  }
}

async function request(url: string, signal: AbortSignal | undefined): Promise<Response | Error> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout, redirect: 'follow' })
  } catch (error) {
    if (signal?.aborted) throw error
    return error instanceof Error ? error : new Error(String(error))
  }
}

function unreachable(url: string, what: string, outcome: Response | Error) {
  const why = outcome instanceof Response ? `${outcome.status} ${outcome.statusText}`.trim() : reasonOf(outcome)
  return transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
    message: `${what} could not be fetched from ${redact(url)}: ${why}.`,
    ...(outcome instanceof Response ? { data: { status: outcome.status } } : {}),
    hint: `Check the address and the network. DBT_PACKAGE_HUB_URL names another hub; what lies in dbt_packages/ needs no network.`,
  })
}

/** `fetch` hides the system's answer behind its own. */
function reasonOf(error: Error): string {
  const cause = error.cause as { code?: string; message?: string } | undefined
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`
  const known: Readonly<Record<string, string>> = {
    ENOTFOUND: 'its host is not known',
    EAI_AGAIN: 'its host cannot be looked up now',
    ECONNREFUSED: 'nothing answers there',
    ECONNRESET: 'the connection was cut',
  }
  return known[cause?.code ?? ''] ?? cause?.message ?? error.message
}
