import type { Duplex } from 'node:stream'
import { throwIfAborted } from '../../../base/index.js'
import { loadBigQueryStorageDriver, loadGrpc } from '../driver.js'
import { CallFailed, status } from './errors.js'

/** How long one call may take, but for that which rows are sent by. */
const callTimeoutMs = 60_000
/** As long as Google's own client for Java waits, that an append which is merely slow is not sent twice. */
const defaultAnswerTimeoutMs = 300_000
/** A network that swallows everything is noticed so. */
const keepaliveMs = 60_000
const keepaliveTimeoutMs = 20_000

/** What is read of google.rpc.Status. */
export interface RpcStatus {
  readonly code?: number | null
  readonly message?: string | null
}

/** What is read of google.cloud.bigquery.storage.v1.AppendRowsResponse. */
export interface AppendAnswer {
  readonly error?: RpcStatus | null
  readonly rowErrors?: readonly { readonly index?: unknown; readonly message?: string | null }[] | null
}

/** One call that requests go by, each answered in its turn. */
export interface AppendCall {
  readonly hasSent: boolean
  send(request: object): void
  /** The next answer. @throws CallFailed, also where none comes in time; ABORTED */
  answer(): Promise<AppendAnswer>
  /** Leaves it, whatever is on its way. */
  close(): void
}

/** What is read of google.cloud.bigquery.storage.v1.BatchCommitWriteStreamsResponse. */
export interface CommitAnswer {
  readonly commitTime?: object | null
  readonly streamErrors?: readonly { readonly code?: unknown; readonly errorMessage?: string | null }[] | null
}

/** The calls of google.cloud.bigquery.storage.v1.BigQueryWrite that a load needs, which can be ended. */
export interface WriteClient {
  /** @param parent `projects/p/datasets/d/tables/t` @returns the name of a pending stream @throws CallFailed, ABORTED */
  createStream(parent: string, signal: AbortSignal | undefined): Promise<string>
  append(stream: string, signal: AbortSignal | undefined): AppendCall
  /** Answers how many rows the stream has. */
  finalize(stream: string, signal: AbortSignal | undefined): Promise<number>
  commit(parent: string, stream: string, signal: AbortSignal | undefined): Promise<CommitAnswer>
  close(): Promise<void>
}

export interface WriteClientOptions {
  /** `https://…`, or `http://…` without encryption and without a login: an emulator. Undefined: Google's. */
  readonly endpoint: string | undefined
  /** The sign-in that the other requests have. */
  readonly authClient: unknown
  readonly quotaProject: string | undefined
  /** How long each answer to an append may take. Five minutes where it is undefined. */
  readonly answerTimeoutMs?: number | undefined
}

/** @throws WAREHOUSE_DRIVER_MISSING, CallFailed where nobody can sign in */
export async function openWriteClient({
  endpoint,
  authClient,
  quotaProject,
  answerTimeoutMs = defaultAnswerTimeoutMs,
}: WriteClientOptions): Promise<WriteClient> {
  const { v1 } = await loadBigQueryStorageDriver()
  const url = endpoint === undefined ? undefined : new URL(endpoint.includes('://') ? endpoint : `https://${endpoint}`)
  const isPlain = url?.protocol === 'http:'
  const client = new v1.BigQueryWriteClient({
    ...(url === undefined ? {} : { apiEndpoint: url.hostname, port: Number(url.port) || (isPlain ? 80 : 443) }),
    ...(isPlain ? { sslCreds: loadGrpc().credentials.createInsecure() as never } : {}),
    authClient: authClient as never,
    libName: 'millrace',
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': keepaliveTimeoutMs,
  })
  try {
    await client.initialize()
  } catch (error) {
    throw new CallFailed(error)
  }
  const headers = (routing: string) => ({
    // By which Google finds the region.
    'x-goog-request-params': routing,
    ...(quotaProject === undefined ? {} : { 'x-goog-user-project': quotaProject }),
  })
  /** The client's own methods hide what a call can be ended by. */
  async function ask<T>(method: string, request: object, routing: string, signal: AbortSignal | undefined): Promise<T> {
    throwIfAborted(signal)
    // Who calls tries again, and stops when it is told to.
    const options = { timeout: callTimeoutMs, retry: null, otherArgs: { headers: headers(routing) } }
    const call = client.innerApiCalls[method]?.(request, options) as Promise<[T]> & { cancel(): void }
    const cancel = () => call.cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      const [answer] = await call
      return answer
    } catch (error) {
      throwIfAborted(signal)
      throw new CallFailed(error)
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }
  return {
    async createStream(parent, signal) {
      const request = { parent, writeStream: { type: 'PENDING' } }
      const made = await ask<{ name: string }>('createWriteStream', request, by('parent', parent), signal)
      return made.name
    },
    append: (stream, signal) => {
      const call = client.appendRows({ otherArgs: { headers: headers(by('write_stream', stream)) } })
      return appendCall(call as unknown as Cancellable, signal, answerTimeoutMs)
    },
    async finalize(name, signal) {
      const done = await ask<{ rowCount?: unknown }>('finalizeWriteStream', { name }, by('name', name), signal)
      return Number(done.rowCount ?? 0)
    },
    commit: (parent, stream, signal) =>
      ask('batchCommitWriteStreams', { parent, writeStreams: [stream] }, by('parent', parent), signal),
    close: () => client.close(),
  }
}

const by = (key: string, value: string) => `${key}=${encodeURIComponent(value)}`

type Cancellable = Duplex & { cancel(): void }

function appendCall(call: Cancellable, signal: AbortSignal | undefined, answerTimeoutMs: number): AppendCall {
  const answers: AppendAnswer[] = []
  let failure: CallFailed | undefined
  let wake = () => {}
  let hasSent = false
  const fail = (error: unknown) => {
    failure ??= new CallFailed(error)
    wake()
  }
  const cancel = () => {
    call.cancel()
    fail(new Error('The load was cancelled.'))
  }
  call.on('data', (answer: AppendAnswer) => {
    answers.push(answer)
    wake()
  })
  call.on('error', fail)
  call.on('end', () => fail({ code: 14, details: 'The server ended the connection.' }))
  signal?.addEventListener('abort', cancel, { once: true })
  return {
    get hasSent() {
      return hasSent
    },
    send(request) {
      hasSent = true
      call.write(request)
    },
    async answer() {
      const details = `No answer came to rows within ${answerTimeoutMs / 1000} seconds.`
      // Keepalive tells dead connections; a server that lives and says nothing only this does.
      const timer = setTimeout(() => fail({ code: status.deadlineExceeded, details }), answerTimeoutMs).unref()
      try {
        while (answers.length === 0) {
          throwIfAborted(signal)
          if (failure) throw failure
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      } finally {
        clearTimeout(timer)
      }
      return answers.shift() as AppendAnswer
    },
    close() {
      signal?.removeEventListener('abort', cancel)
      call.cancel()
    },
  }
}
