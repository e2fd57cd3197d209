import { isAbort } from '../../base/index.js'

/** An answer whose body nobody has read yet. Whoever opens it reads its body or closes it. */
export interface Answer {
  readonly response: Response
  /** The body as it comes. Fails when the server is silent for too long, and when the caller aborts, with what `explain` makes of it. */
  body(explain?: (error: unknown) => unknown): AsyncIterable<Uint8Array>
  /** All of the body, which must be small. */
  text(): Promise<string>
  bytes(): Promise<Buffer<ArrayBuffer>>
  close(): void
}

export interface AnswerLimits {
  /** How long the server may be silent. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Asks a server over HTTP. @throws what `connectionProblem` explains */
export async function openAnswer(
  address: string | URL,
  request: RequestInit,
  { timeoutMs, signal }: AnswerLimits,
): Promise<Answer> {
  const abort = new AbortController()
  const end = () => abort.abort(signal?.aborted ? signal.reason : undefined)
  const timer = setTimeout(end, timeoutMs)
  const close = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
    abort.abort()
  }
  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  try {
    const response = await fetch(address, { ...request, signal: abort.signal })
    timer.refresh()
    async function* body(explain = (error: unknown) => error) {
      try {
        for await (const chunk of response.body ?? []) {
          timer.refresh()
          yield chunk as Uint8Array
        }
      } catch (error) {
        throw explain(error)
      } finally {
        close()
      }
    }
    const bytes = async () => {
      const chunks: Uint8Array[] = []
      for await (const chunk of body()) chunks.push(chunk)
      return Buffer.concat(chunks)
    }
    return { response, body, bytes, text: async () => (await bytes()).toString('utf8'), close }
  } catch (error) {
    close()
    throw error
  }
}

/** Why there was no answer, or not all of it. */
export interface ConnectionProblem {
  /** Ends a sentence. */
  readonly what: string
  readonly hint: string
}

/** @param error what asking threw, where the caller did not abort */
export function connectionProblem(error: unknown, timeoutMs: number): ConnectionProblem {
  if (isAbort(error))
    return {
      what: `the server was silent for ${timeoutMs / 1000} s`,
      hint: 'Run the sync again; set `timeout_seconds` of the stream when the server needs longer.',
    }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return {
    what: cause instanceof Error ? cause.message : String(cause),
    hint: 'Check the address and the network, and run the sync again.',
  }
}
