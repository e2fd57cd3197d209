import { loadGoogleAuth } from '../../src/warehouse/bigquery/driver.js'
import { openWriteClient, type WriteClient } from '../../src/warehouse/bigquery/storage-write/write-client.js'
import type { Answer, Asked } from './bigquery-server.js'
import {
  type AppendRequest,
  type Descriptor,
  failing,
  plainRequest,
  rowReader,
  type WriteService,
} from './bigquery-write-server.js'

/** The calls of the Storage Write API as somebody answers them, with names of streams as they are there. */
interface Forward {
  readonly client: () => Promise<WriteClient>
}

/** An emulator that answers. */
export function forwarded(endpoint: string): Forward {
  const { OAuth2Client } = loadGoogleAuth()
  let opened: Promise<WriteClient> | undefined
  return {
    client: () => {
      opened ??= openWriteClient({ endpoint, authClient: new OAuth2Client({}), quotaProject: undefined })
      return opened
    },
  }
}

/** What differs at every run. */
const hidden = (text: string) => text.replace(/streams\/[0-9a-f]{16}/g, 'streams/STREAM')

/**
 * Calls of the Storage Write API as requests that can be recorded, and found again: rows as they are read by their descriptor, so that other rows are
 * another request, which nobody has recorded.
 */
export function recordableWrites(answer: (asked: Asked) => Promise<Answer>, forward?: Forward): WriteService {
  /** What the emulator calls the streams, by the names that they have here. */
  const streams = new Map<string, string>()
  const there = (name: unknown) => streams.get(String(name)) ?? String(name)
  async function ask<T>(
    method: string,
    url: string,
    request: object,
    ahead: (client: WriteClient) => Promise<object>,
  ): Promise<T> {
    const asked = { method, url: hidden(url), text: hidden(JSON.stringify(request)) }
    const [status, body] = await answer(
      forward ? { ...asked, forward: () => answered(async () => ahead(await forward.client())) } : asked,
    )
    if (status !== 0) throw failing(status, String((body as { details?: unknown }).details))
    return body as T
  }
  return {
    create: ({ parent }) =>
      ask('CreateWriteStream', String(parent), {}, async (client) => {
        const name = await client.createStream(String(parent), undefined)
        streams.set(hidden(name), name)
        return { name }
      }),
    connect() {
      let read: ReturnType<typeof rowReader> | undefined
      let call: ReturnType<WriteClient['append']> | undefined
      return {
        append: (request: AppendRequest) => {
          const { writeStream, offset, protoRows } = request
          const descriptor = protoRows?.writerSchema?.protoDescriptor as Descriptor | undefined
          if (descriptor) read = rowReader(descriptor)
          const rows = (protoRows?.rows?.serializedRows ?? []).map((row) => alike(read?.(row as Uint8Array) ?? {}))
          const shown = { offset: Number(offset?.value), rows: rows.sort() }
          return ask('AppendRows', String(writeStream), shown, async (client) => {
            call ??= client.append(there(writeStream), undefined)
            call.send({ ...plainRequest(request), writeStream: there(writeStream) })
            const { error, rowErrors } = await call.answer()
            return { ...(error?.code ? { error } : {}), ...(rowErrors?.length ? { rowErrors } : {}) }
          })
        },
        end: () => call?.close(),
      }
    },
    finalize: ({ name }) =>
      ask('FinalizeWriteStream', String(name), {}, async (client) => ({
        rowCount: await client.finalize(there(name), undefined),
      })),
    commit: ({ parent, writeStreams }) =>
      ask('BatchCommitWriteStreams', String(parent), { writeStreams }, async (client) => {
        const [stream] = writeStreams ?? []
        const { commitTime, streamErrors } = await client.commit(String(parent), there(stream), undefined)
        return { ...(commitTime ? { commitTime: { seconds: 1 } } : {}), streamErrors }
      }),
  }
}

/** A row as a text, without what differs at every run: rows come in an order that nobody promises. */
function alike({ _airbyte_raw_id: _, _airbyte_extracted_at: __, ...row }: Record<string, unknown>): string {
  return JSON.stringify(row)
}

async function answered(work: () => Promise<object>): Promise<Answer> {
  try {
    const body = JSON.parse(hidden(JSON.stringify(await work()))) as object
    return [0, body]
  } catch (error) {
    const { code, details, message } = error as { code?: number; details?: string; message: string }
    return [code ?? 13, { details: details ?? message }]
  }
}
