import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, expect } from 'vitest'
import { readMessage, reply, struct, type ThriftFields, type ThriftMessage } from './thrift-messages.js'

/** Recording needs a cluster: see scripts/golden/spark.sh. */
const cluster = process.env.MILLRACE_TEST_SPARK_RECORD

/** What a statement answered, without what differs at every run. */
interface Recorded {
  /** Of the operation, in the end: finished 2, cancelled 3, failed 5. */
  readonly state: number
  readonly sqlState?: string
  readonly error?: string
  /** Names of blobs. */
  readonly metadata?: string
  readonly fetches: string[]
}
interface Recording {
  readonly about: string
  /** By test and statement, in the order in which it was sent. */
  readonly tests: Record<string, Record<string, Recorded[]>>
  /** Answers as they were sent, packed. */
  readonly blobs: Record<string, string>
}

/**
 * A Thrift server that answers as a cluster of Spark has answered once, so that the real driver is tested without it.
 * @param file the exchanges, below test/golden/spark
 */
export function sparkOfFile(file: string) {
  const path = new URL(`../golden/spark/${file}.json`, import.meta.url).pathname
  const server = cluster ? new Recorder(path, cluster) : new Player(path)
  let port = 0
  beforeAll(async () => {
    port = await server.listen()
  })
  afterAll(() => server.close())
  return {
    host: '127.0.0.1',
    get port() {
      return port
    },
    isRecording: cluster !== undefined,
    /** Ends all connections, as a server that goes down. */
    hangUp: () => server.hangUp(),
  }
}

const testName = () => expect.getState().currentTestName ?? ''

abstract class Server {
  readonly #server = createServer((socket) => this.#serve(socket))
  readonly #sockets = new Set<Socket>()

  /** @param client one object a connection */
  protected abstract answer(message: ThriftMessage, client: object): Promise<Buffer>
  protected end(): void {}
  protected left(_client: object): void {}

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as { port: number }).port
  }
  async close(): Promise<void> {
    this.hangUp()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.end()
  }
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    const client = {}
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.left(client)
    })
    let rest: Buffer = Buffer.alloc(0)
    let turn: Promise<unknown> = Promise.resolve()
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, data])
      for (let message = readMessage(rest); message; message = readMessage(rest)) {
        rest = rest.subarray(message.bytes.length)
        const asked = message
        turn = turn.then(async () => socket.write(await this.answer(asked, client))).catch(() => socket.destroy())
      }
    })
  }
}

const request = ({ fields }: ThriftMessage) => fields.get(1) as ThriftFields
const statementOf = (message: ThriftMessage) => (request(message).get(2) as Buffer).toString()
/** Operations and sessions are known by 16 bytes. */
const idOf = (handle: ThriftFields) => ((handle.get(1) as ThriftFields).get(1) as Buffer).toString('hex')
const operationOf = (message: ThriftMessage) => idOf(request(message).get(1) as ThriftFields)

const [finished, cancelled, failed] = [2, 3, 5]

class Player extends Server {
  readonly #recording: Recording
  readonly #played = new Map<string, number>()
  readonly #operations = new Map<
    string,
    { recorded: Recorded; fetched: number; cancel: () => void; isCancelled: Promise<void> }
  >()
  #count = 0

  constructor(path: string) {
    super()
    this.#recording = JSON.parse(readFileSync(path, 'utf8')) as Recording
  }

  protected async answer(message: ThriftMessage): Promise<Buffer> {
    const body = await this.#success(message)
    return reply(message, struct([[0, body]]))
  }

  async #success(message: ThriftMessage): Promise<Buffer> {
    const done = struct([[1, struct([[1, 0]])]])
    switch (message.name) {
      case 'OpenSession':
        return struct([
          [1, struct([[1, 0]])],
          [2, 9],
          [3, struct([[1, this.#identifier()]])],
        ])
      case 'ExecuteStatement': {
        const id = this.#identifier()
        let cancel = () => {}
        const isCancelled = new Promise<void>((resolve) => {
          cancel = resolve
        })
        const recorded = this.#next(statementOf(message))
        const key = (readStruct(id).get(1) as Buffer).toString('hex')
        this.#operations.set(key, { recorded, fetched: 0, cancel, isCancelled })
        return struct([
          [1, struct([[1, 0]])],
          [
            2,
            withFlag(
              struct([
                [1, id],
                [2, 0],
              ]),
            ),
          ],
        ])
      }
      case 'GetOperationStatus': {
        const { recorded, isCancelled } = this.#operation(message)
        if (recorded.state === cancelled) await isCancelled
        const { state, sqlState, error } = recorded
        return struct([
          [1, struct([[1, 0]])],
          [2, state],
          ...(sqlState === undefined ? [] : [[3, sqlState] as const]),
          ...(error === undefined ? [] : [[5, error] as const]),
        ])
      }
      case 'GetResultSetMetadata':
        return this.#blob(this.#operation(message).recorded.metadata)
      case 'FetchResults': {
        const operation = this.#operation(message)
        const { fetches } = operation.recorded
        return this.#blob(fetches[operation.fetched++] ?? fetches.at(-1))
      }
      case 'CancelOperation':
        this.#operation(message).cancel()
        return done
    }
    return done
  }

  #operation(message: ThriftMessage) {
    const found = this.#operations.get(operationOf(message))
    if (!found) throw new Error(`${message.name} asks for an operation that was never there.`)
    return found
  }

  /** What was answered when it was sent as often before in this test; at last again and again. */
  #next(statement: string): Recorded {
    const test = testName()
    const own = this.#recording.tests[test]?.[statement]
    const elsewhere = Object.values(this.#recording.tests).find((one) => one[statement])?.[statement]
    const answers = own ?? elsewhere
    if (!answers) return { state: failed, error: `Not recorded in the test '${test}': ${statement}`, fetches: [] }
    const key = `${test}\0${statement}`
    const at = this.#played.get(key) ?? 0
    this.#played.set(key, at + 1)
    return answers[Math.min(at, answers.length - 1)] as Recorded
  }

  #identifier(): Buffer {
    const id = Buffer.alloc(16)
    id.writeUInt32BE(++this.#count)
    return binaryStruct([
      [1, id],
      [2, id],
    ])
  }

  #blob(name: string | undefined): Buffer {
    return inflateRawSync(Buffer.from(this.#recording.blobs[name ?? ''] ?? '', 'base64'))
  }
}

const readStruct = (body: Buffer): ThriftFields =>
  (readMessage(reply({ name: 'x', sequence: 0 }, body)) as ThriftMessage).fields

/** Texts are told from structs by their type elsewhere; here they are bytes. */
function binaryStruct(fields: readonly (readonly [number, Buffer])[]): Buffer {
  const parts = fields.map(([id, value]) => {
    const head = Buffer.alloc(7)
    head.writeUInt8(11, 0)
    head.writeUInt16BE(id, 1)
    head.writeUInt32BE(value.length, 3)
    return Buffer.concat([head, value])
  })
  return Buffer.concat([...parts, Buffer.from([0])])
}
/** A handle says that there are rows. */
const withFlag = (handle: Buffer) => Buffer.concat([handle.subarray(0, -1), Buffer.from([2, 0, 3, 1, 0])])

class Recorder extends Server {
  readonly #path: string
  readonly #address: readonly [host: string, port: number]
  readonly #recording: Recording
  readonly #upstream = new Map<object, Upstream>()
  readonly #operations = new Map<string, { -readonly [K in keyof Recorded]: Recorded[K] }>()

  constructor(path: string, address: string) {
    super()
    this.#path = path
    const [host = '', port = ''] = address.split(':')
    this.#address = [host, Number(port)]
    this.#recording = {
      about: 'What Spark answered over Thrift; made by scripts/golden/spark.sh',
      tests: {},
      blobs: {},
    }
  }

  protected async answer(message: ThriftMessage, client: object): Promise<Buffer> {
    const upstream = this.#upstream.get(client) ?? new Upstream(...this.#address)
    this.#upstream.set(client, upstream)
    const answer = await upstream.ask(message.bytes)
    this.#keep(message, answer)
    return answer.bytes
  }

  #keep(message: ThriftMessage, answer: ThriftMessage): void {
    const success = answer.fields.get(0) as ThriftFields
    if (message.name === 'ExecuteStatement') {
      const handle = success.get(2)
      if (handle === undefined) return
      const recorded = { state: finished, fetches: [] }
      const { tests } = this.#recording
      const statement = statementOf(message)
      const test = tests[testName()] ?? {}
      tests[testName()] = test
      test[statement] = [...(test[statement] ?? []), recorded]
      this.#operations.set(idOf(handle as ThriftFields), recorded)
      return
    }
    const operation = ['GetOperationStatus', 'GetResultSetMetadata', 'FetchResults'].includes(message.name)
      ? this.#operations.get(operationOf(message))
      : undefined
    if (!operation) return
    if (message.name === 'GetOperationStatus') {
      operation.state = Number(success.get(2))
      const [sqlState, error] = [success.get(3), success.get(5)]
      if (sqlState) operation.sqlState = String(sqlState)
      // The stack of the server is long, and says the same each time.
      if (error)
        operation.error = String(error)
          .split(/\n\tat /, 2)
          .join('\n\tat ')
      return
    }
    const name = this.#blob(answer)
    if (message.name === 'GetResultSetMetadata') operation.metadata = name
    else operation.fetches.push(name)
  }

  /** The answer without its head: what is alike is kept once. */
  #blob({ body }: ThriftMessage): string {
    // The field 0 and the end are put around it again.
    const packed = deflateRawSync(body.subarray(3, -1), { level: 9 }).toString('base64')
    const known = Object.entries(this.#recording.blobs).find(([, blob]) => blob === packed)?.[0]
    const name = known ?? String(Object.keys(this.#recording.blobs).length)
    this.#recording.blobs[name] = packed
    return name
  }

  protected override left(client: object): void {
    this.#upstream.get(client)?.close()
  }

  protected override end(): void {
    if (!existsSync(dirname(this.#path))) mkdirSync(dirname(this.#path), { recursive: true })
    writeFileSync(this.#path, `${JSON.stringify(this.#recording, undefined, 1)}\n`)
  }
}

/** The cluster, one connection for each of ours. */
class Upstream {
  readonly #socket: Socket
  #rest: Buffer = Buffer.alloc(0)
  #give: (message: ThriftMessage) => void = () => {}

  constructor(host: string, port: number) {
    this.#socket = connect(port, host)
    this.#socket.on('error', () => {})
    this.#socket.on('data', (data) => {
      this.#rest = Buffer.concat([this.#rest, data])
      const message = readMessage(this.#rest)
      if (!message) return
      this.#rest = this.#rest.subarray(message.bytes.length)
      this.#give(message)
    })
  }

  ask(bytes: Buffer): Promise<ThriftMessage> {
    return new Promise((resolve) => {
      this.#give = resolve
      this.#socket.write(bytes)
    })
  }
  close(): void {
    this.#socket.destroy()
  }
}
