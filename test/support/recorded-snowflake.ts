import { readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { temporaryFolder } from '../../src/base/index.js'

export interface RecordedSnowflake {
  readonly url: string
  close(): Promise<void>
}

interface Answer {
  readonly success: boolean
  readonly code?: string
  readonly message?: string
  readonly data: Record<string, unknown>
}
interface Entry {
  readonly database: string
  readonly sql: string
  readonly answer: Answer
  readonly times?: number
}

const cancelledCode = '000604'

/** The output formats that an account has by default, without which the driver reads no times and no bytes. */
const parameters = Object.entries({
  TIMEZONE: 'Etc/UTC',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_TZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  BINARY_OUTPUT_FORMAT: 'HEX',
}).map(([name, value]) => ({ name, value }))

/** What a program makes up each time: ids, short random parts of names, moments. */
const withoutChance = (sql: string) =>
  sql
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>')
    .replace(/\b(_airbyte_\w+?|_millrace_\w+?|millrace_\w+?)_[0-9a-f]{8,}\b/gi, '$1_<part>')
    .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?Z?(?:[+-]\d\d(?::?\d\d)?)?/g, '<time>')
    .replace(/file:\/\/\S+?(?=')/g, 'file://<path>')
    .replace(/\b\d{10,20}\b/g, '<number>')

/** Answers of the same statement in the same database come in the order in which they were recorded; the last one stays. */
class Answers {
  readonly #queues = new Map<string, { answer: Answer; left: number }[]>()

  add({ database, sql, answer, times = 1 }: Entry): void {
    const key = keyOf(database, sql)
    const queue = this.#queues.get(key) ?? []
    queue.push({ answer, left: times })
    this.#queues.set(key, queue)
  }

  next(database: string, sql: string): Answer {
    const queue = this.#queues.get(keyOf(database, sql))
    const first = queue?.[0]
    if (!queue || !first)
      return {
        success: false,
        code: '000001',
        message: `The recording has no answer in ${database} to: ${sql}`,
        data: { errorCode: '000001', sqlState: '0A000' },
      }
    first.left--
    if (first.left <= 0 && queue.length > 1) queue.shift()
    return first.answer
  }
}

const keyOf = (database: string, sql: string) => `${database} ${withoutChance(sql)}`

/** Serves test/golden/snowflake/<name>.jsonl as a Snowflake account, over HTTP on this machine. */
export async function serveRecording(name: string): Promise<RecordedSnowflake> {
  const answers = new Answers()
  const lines = await readFile(join(import.meta.dirname, '../golden/snowflake', `${name}.jsonl`), 'utf8')
  for (const line of lines.trimEnd().split('\n').slice(1)) answers.add(JSON.parse(line) as Entry)
  const uploads = await temporaryFolder('snowflake')
  /** The databases of the sessions, by their tokens. */
  const sessions = new Map<string, string>()
  const held = new Map<string, () => void>()
  const cancelled = new Set<string>()
  let count = 0

  const answer = async (request: IncomingMessage): Promise<object> => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const body = await bodyOf(request)
    if (url.pathname === '/session/v1/login-request') {
      const { data } = body as { data: { PASSWORD?: string } }
      if (data.PASSWORD === 'wrong') return wrongPassword
      const token = `token-${++count}`
      sessions.set(token, url.searchParams.get('databaseName') ?? '')
      return { success: true, data: { token, masterToken: token, parameters, sessionInfo: {} } }
    }
    if (url.pathname.endsWith('/abort-request')) {
      const id = String((body as { requestId?: string }).requestId)
      cancelled.add(id)
      held.get(id)?.()
      return { success: true, data: null }
    }
    if (url.pathname !== '/queries/v1/query-request') return { success: true, data: null }
    const token = /Token="(.*)"/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const found = answers.next(sessions.get(token) ?? '', String((body as { sqlText?: string }).sqlText))
    const id = url.searchParams.get('requestId') ?? ''
    if (found.code === cancelledCode && !cancelled.has(id)) await new Promise<void>((resolve) => held.set(id, resolve))
    const { stageInfo } = found.data as { stageInfo?: object }
    return {
      ...found,
      data: {
        ...found.data,
        ...(found.data.rowtype ? { parameters, queryId: `query-${++count}`, queryResultFormat: 'json' } : {}),
        ...(stageInfo
          ? { stageInfo: { ...stageInfo, location: uploads }, src_locations: [uploadOf(body as { sqlText: string })] }
          : {}),
      },
    }
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (found) => send(response, 200, found),
      (error: Error) => send(response, 500, { success: false, message: error.message }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(uploads, { recursive: true, force: true })
    },
  }
}

const wrongPassword = {
  success: false,
  code: '390100',
  message: 'Incorrect username or password was specified.',
  data: { authnMethod: 'USERNAME_PASSWORD' },
}

const uploadOf = ({ sqlText }: { sqlText: string }) => /file:\/\/(.+?)'/.exec(sqlText)?.[1] ?? ''

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const read = await text(request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request)
  return read === '' ? {} : JSON.parse(read)
}

function send(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer))
}
