import type { ApiError } from '../../../src/server/contract/index.js'
import { basePath } from './base-path.js'

/** An answer that is no success, with what happened and what to do. */
export class ApiFailure extends Error {
  readonly error: ApiError
  constructor(error: ApiError) {
    super(error.message)
    this.error = error
  }
}

async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal, isFile = false): Promise<T> {
  let response: Response
  try {
    response = await fetch(`${basePath}/api${path}`, {
      method,
      ...(signal ? { signal } : {}),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  } catch {
    throw new ApiFailure({
      code: 'UNREACHABLE',
      kind: 'external',
      retryable: true,
      message: 'The server does not answer.',
      hint: 'Is `millrace up` still running?',
    })
  }
  if (response.status === 204) return undefined as T
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false
  if (response.ok && isFile && !isPage) return (await response.blob()) as T
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok && answer !== undefined) return answer as T
  // Taken for a success, it would say that something was done which never reached the server.
  if (response.ok)
    throw new ApiFailure({
      code: 'UNREADABLE',
      kind: 'external',
      retryable: true,
      message: isPage ? 'A web page came instead of the answer.' : 'The answer of the server cannot be read.',
      hint: 'Something between this page and the server answered, or cut the answer short: a proxy whose login has ended, most often. Load the page again.',
    })
  const error = (answer as { error?: ApiError } | undefined)?.error
  throw new ApiFailure(
    error ?? { code: 'UNEXPECTED', kind: 'bug', retryable: true, message: `The server answered ${response.status}.` },
  )
}

export const get = <T>(path: string) => send<T>('GET', path)
export const post = <T>(path: string, body: unknown = {}, signal?: AbortSignal) => send<T>('POST', path, body, signal)
/** What is answered as a file. */
export const postForFile = (path: string, body: unknown) => send<Blob>('POST', path, body, undefined, true)
export const remove = <T>(path: string) => send<T>('DELETE', path)
export const put = <T>(path: string, body: unknown) => send<T>('PUT', path, body)
export const segment = encodeURIComponent
