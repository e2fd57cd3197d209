import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'
import { protos } from '@google-cloud/bigquery-storage'

const { storage } = { storage: protos.google.cloud.bigquery.storage.v1 }
export type AppendRequest = protos.google.cloud.bigquery.storage.v1.IAppendRowsRequest
export type AppendResponse = protos.google.cloud.bigquery.storage.v1.IAppendRowsResponse
type CreateRequest = protos.google.cloud.bigquery.storage.v1.ICreateWriteStreamRequest
type WriteStream = protos.google.cloud.bigquery.storage.v1.IWriteStream
type FinalizeRequest = protos.google.cloud.bigquery.storage.v1.IFinalizeWriteStreamRequest
type FinalizeResponse = protos.google.cloud.bigquery.storage.v1.IFinalizeWriteStreamResponse
type CommitRequest = protos.google.cloud.bigquery.storage.v1.IBatchCommitWriteStreamsRequest
type CommitResponse = protos.google.cloud.bigquery.storage.v1.IBatchCommitWriteStreamsResponse
export type Descriptor = protos.google.protobuf.IDescriptorProto

/** What is thrown becomes the status of the call. */
export interface Status {
  readonly code: number
  readonly details: string
}
export const failing = (code: number, details: string) => Object.assign(new Error(details), { code, details })

/** Who answers the calls of google.cloud.bigquery.storage.v1.BigQueryWrite. */
export interface WriteService {
  create(request: CreateRequest): Promise<WriteStream>
  /** A connection: what is given each request, in their order, and told once it has ended. */
  connect(): {
    append(request: AppendRequest): Promise<AppendResponse>
    end?(): void
  }
  finalize(request: FinalizeRequest): Promise<FinalizeResponse>
  commit(request: CommitRequest): Promise<CommitResponse>
}

/** The libraries that the driver itself uses. */
const own = createRequire(import.meta.url)
const driver = createRequire(own.resolve('@google-cloud/bigquery-storage'))
export const { grpc } = driver('google-gax') as { grpc: Grpc }
const protobuf = driver('protobufjs') as Protobuf

interface Grpc {
  readonly Server: new (
    options: object,
  ) => {
    addService(definition: object, implementation: object): void
    bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void
    forceShutdown(): void
  }
  readonly ServerCredentials: { createInsecure(): unknown }
}
interface Protobuf {
  readonly Type: new (name: string) => ProtobufType
  readonly Field: new (name: string, id: number, type: string, rule: string) => unknown
}
interface ProtobufType {
  add(field: unknown): void
  decode(bytes: Uint8Array): unknown
  toObject(message: unknown, options: object): Record<string, unknown>
}
interface Message {
  decode(bytes: Uint8Array): unknown
  encode(message: never): { finish(): Uint8Array }
  fromObject(object: Record<string, unknown>): unknown
}

const method = (name: string, request: Message, response: Message, isStream = false) => ({
  path: `/google.cloud.bigquery.storage.v1.BigQueryWrite/${name}`,
  requestStream: isStream,
  responseStream: isStream,
  requestDeserialize: (bytes: Buffer) => request.decode(bytes),
  requestSerialize: (value: never) => Buffer.from(request.encode(value).finish()),
  responseDeserialize: (bytes: Buffer) => response.decode(bytes),
  responseSerialize: (value: Record<string, unknown>) =>
    Buffer.from(response.encode(response.fromObject(value) as never).finish()),
})
const { CreateWriteStreamRequest, FinalizeWriteStreamRequest, FinalizeWriteStreamResponse } = storage
const { BatchCommitWriteStreamsRequest, BatchCommitWriteStreamsResponse } = storage
const definition = {
  CreateWriteStream: method('CreateWriteStream', CreateWriteStreamRequest, storage.WriteStream),
  AppendRows: method('AppendRows', storage.AppendRowsRequest, storage.AppendRowsResponse, true),
  FinalizeWriteStream: method('FinalizeWriteStream', FinalizeWriteStreamRequest, FinalizeWriteStreamResponse),
  BatchCommitWriteStreams: method(
    'BatchCommitWriteStreams',
    BatchCommitWriteStreamsRequest,
    BatchCommitWriteStreamsResponse,
  ),
}

/** A request that came, to be sent on: only what is in it. */
export const plainRequest = (request: AppendRequest): object =>
  storage.AppendRowsRequest.toObject(storage.AppendRowsRequest.fromObject(request))

/** A server of gRPC on a free port of this machine. */
export async function serveWrites(
  service: WriteService,
): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 })
  const unary =
    <Request, Response>(answer: (request: Request) => Promise<Response>) =>
    ({ request }: { request: Request }, done: (error: unknown, response?: Response) => void) =>
      void answer(request).then((response) => done(null, response), done)
  server.addService(definition, {
    CreateWriteStream: unary((request: CreateRequest) => service.create(request)),
    FinalizeWriteStream: unary((request: FinalizeRequest) => service.finalize(request)),
    BatchCommitWriteStreams: unary((request: CommitRequest) => service.commit(request)),
    AppendRows(call: Duplex) {
      const connection = service.connect()
      let turn = Promise.resolve()
      call.on('data', (request: AppendRequest) => {
        turn = turn
          .then(async () => void call.write(await connection.append(request)))
          .catch((error: unknown) => void call.emit('error', error))
      })
      call.on('end', () => void turn.then(() => call.end()))
      call.on('cancelled', () => connection.end?.())
    },
  })
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  return { url: `http://127.0.0.1:${port}`, close: () => server.forceShutdown() }
}

/** https://protobuf.dev/reference/protobuf/google.protobuf/#google.protobuf.FieldDescriptorProto.Type */
const typeNames: Readonly<Record<number, string>> = {
  1: 'double',
  3: 'int64',
  5: 'int32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
}

/** Reads rows as the descriptor says that they are; whole numbers as texts, bytes in Base64, and nothing of what is NULL. */
export function rowReader({ field = [] }: Descriptor): (row: Uint8Array) => Record<string, unknown> {
  const type = new protobuf.Type('Row')
  const columns = new Map<string, string>()
  for (const { name, number, type: of, options } of field ?? []) {
    type.add(new protobuf.Field(String(name), Number(number), String(typeNames[Number(of)]), 'optional'))
    columns.set(String(name), options?.['.google.cloud.bigquery.storage.v1.columnName'] || String(name))
  }
  return (row) => {
    const values = type.toObject(type.decode(row), { longs: String, bytes: String })
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [columns.get(name) ?? name, value]))
  }
}

/** Pending streams as the service keeps them: what a stream has nobody sees before it is finalized and committed. */
export class PendingStreams implements WriteService {
  /** By tables: `projects/p/datasets/d/tables/t`. */
  readonly tables = new Map<string, Record<string, unknown>[]>()
  /** The calls in their order. */
  readonly calls: string[] = []
  /** Bytes of each request for rows. */
  readonly sizes: number[] = []
  connections = 0
  ended = 0
  /** Is asked before each call is answered, and throws what it is to fail with. @param nth of its kind, from 1 */
  before: (call: string, nth: number) => Promise<void> | void = () => {}
  /** The same once it was done. */
  after: (call: string, nth: number) => Promise<void> | void = () => {}
  /** What is wrong with a row. */
  rowError: (row: Record<string, unknown>) => string | undefined = () => undefined
  readonly #streams = new Map<string, { rows: Record<string, unknown>[]; state: 'open' | 'final' | 'committed' }>()
  readonly #counts = new Map<string, number>()

  async #call<T>(name: string, work: () => T): Promise<T> {
    const nth = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, nth)
    this.calls.push(name)
    await this.before(name, nth)
    const result = work()
    await this.after(name, nth)
    return result
  }

  create({ parent, writeStream }: CreateRequest): Promise<WriteStream> {
    return this.#call('create', () => {
      if (writeStream?.type !== storage.WriteStream.Type.PENDING) throw failing(3, 'Not a pending stream')
      const name = `${parent}/streams/s${this.#streams.size + 1}`
      this.#streams.set(name, { rows: [], state: 'open' })
      return { name, type: 'PENDING' }
    })
  }

  connect() {
    this.connections++
    let read: ReturnType<typeof rowReader> | undefined
    return {
      append: (request: AppendRequest) =>
        this.#call('append', (): AppendResponse => {
          const { writeStream, offset, protoRows } = request
          const stream = this.#streams.get(String(writeStream))
          if (!stream) throw failing(5, `Requested entity was not found. Entity: ${writeStream}`)
          const descriptor = protoRows?.writerSchema?.protoDescriptor
          if (descriptor) read = rowReader(descriptor)
          if (!read) throw failing(3, 'Schema is not set')
          this.sizes.push(storage.AppendRowsRequest.encode(request).finish().length)
          const rows = (protoRows?.rows?.serializedRows ?? []).map((row) => read?.(row as Uint8Array) ?? {})
          const at = Number(offset?.value)
          if (at < stream.rows.length) return { error: { code: 6, message: 'ALREADY_EXISTS' } }
          if (at > stream.rows.length) return { error: { code: 11, message: 'OUT_OF_RANGE' } }
          const rowErrors = rows.flatMap((row, index) => {
            const message = this.rowError(row)
            return message === undefined ? [] : [{ index, code: 'FIELDS_ERROR' as const, message }]
          })
          if (rowErrors.length > 0) return { error: { code: 3, message: 'Errors found in rows' }, rowErrors }
          stream.rows.push(...rows)
          return { appendResult: { offset: { value: at } } }
        }),
      end: () => void this.ended++,
    }
  }

  finalize({ name }: FinalizeRequest): Promise<FinalizeResponse> {
    return this.#call('finalize', () => {
      const stream = this.#streams.get(String(name))
      if (!stream) throw failing(5, 'Requested entity was not found.')
      stream.state = 'final'
      return { rowCount: stream.rows.length }
    })
  }

  commit({ parent, writeStreams }: CommitRequest): Promise<CommitResponse> {
    return this.#call('commit', () => {
      for (const name of writeStreams ?? []) {
        const stream = this.#streams.get(name)
        if (stream?.state === 'committed')
          return { streamErrors: [{ code: 'STREAM_ALREADY_COMMITTED', entity: name, errorMessage: 'committed' }] }
        if (stream?.state !== 'final')
          return { streamErrors: [{ code: 'INVALID_STREAM_STATE', entity: name, errorMessage: 'not finalized' }] }
        stream.state = 'committed'
        const table = this.tables.get(String(parent)) ?? []
        this.tables.set(String(parent), [...table, ...stream.rows])
      }
      return { commitTime: { seconds: 1 } }
    })
  }
}
