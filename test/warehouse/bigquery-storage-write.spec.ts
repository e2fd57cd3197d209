import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadBigQueryStorageDriver, loadGoogleAuth } from '../../src/warehouse/bigquery/driver.js'
import { RowWriter } from '../../src/warehouse/bigquery/storage-write/row-writer.js'
import type { Cell } from '../../src/warehouse/index.js'
import { failing, PendingStreams, serveWrites } from '../support/bigquery-write-server.js'

let service: PendingStreams
let server: Awaited<ReturnType<typeof serveWrites>>
let writers: RowWriter[]

beforeEach(async () => {
  service = new PendingStreams()
  server = await serveWrites(service)
  writers = []
})
afterEach(async () => {
  for (const writer of writers) await writer.close()
  server.close()
})

const parent = 'projects/p/datasets/raw/tables/orders'
const two = [
  { name: 'id', type: 'int64' },
  { name: 'text', type: 'string' },
]

async function* pieces(rows: readonly (readonly Cell[])[], perPiece = 2_000) {
  for (let from = 0; from < rows.length; from += perPiece) yield rows.slice(from, from + perPiece)
}

interface Written {
  readonly columns?: readonly { readonly name: string; readonly type: string }[]
  readonly signal?: AbortSignal
  readonly retryDeadlineMs?: number
  readonly endpoint?: string
  readonly answerTimeoutMs?: number
}

function write(
  rows: AsyncIterable<readonly (readonly Cell[])[]>,
  { columns = two, signal, retryDeadlineMs, endpoint = server.url, answerTimeoutMs }: Written = {},
) {
  const writer = new RowWriter(
    { login: { kind: 'token', token: 'of a test' }, storageApiEndpoint: endpoint, retryDeadlineMs },
    new (loadGoogleAuth().OAuth2Client)({}),
    answerTimeoutMs,
  )
  writers.push(writer)
  return writer.write({ database: 'p', schema: 'raw', identifier: 'orders' }, rows, { columns, signal })
}

const numbered = (count: number, text = 'x') => Array.from({ length: count }, (_, i): Cell[] => [i, text])
const ids = () => service.tables.get(parent)?.map(({ id }) => Number(id))
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

it('rows are what the descriptor says, to the last digit, and all there at once', async () => {
  const values: [name: string, type: string, value: Cell, came: unknown][] = [
    ['b', 'bool', false, false],
    ['least', 'int64', -9223372036854775808n, '-9223372036854775808'],
    ['beyond a float', 'int64', 9007199254740993n, '9007199254740993'],
    ['f', 'float64', -0.1, -0.1],
    ['numeric', 'numeric(10, 2)', '-12345678.90', '-12345678.90'],
    ['long', 'bignumeric(38)', '99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
    ['day', 'date', -719162, -719162],
    ['time', 'time', '10:00:00.1', '10:00:00.1'],
    ['datetime', 'datetime', '2024-01-01 10:00:00.123456', '2024-01-01 10:00:00.123456'],
    ['at', 'timestamp', 253402300799999999n, '253402300799999999'],
    ['bytes', 'bytes', new Uint8Array([0, 255]), 'AP8='],
    ['json', 'json', '{"a": [1, 12345678901234567890123]}', '{"a": [1, 1.2345678901234568e+22]}'],
    ['größe', 'string', 'ü "x"\n', 'ü "x"\n'],
  ]
  const columns = values.map(([name, type]) => ({ name, type }))
  const count = await write(pieces([values.map(([, , value]) => value), values.map(() => null)]), { columns })
  expect(count).toBe(2)
  expect(service.tables.get(parent)).toEqual([Object.fromEntries(values.map(([name, , , came]) => [name, came])), {}])
  expect(service.calls).toEqual(['create', 'append', 'finalize', 'commit'])
})

it('where there are no rows nothing is asked', async () => {
  expect(await write(pieces([]))).toBe(0)
  expect(service.calls).toEqual([])
})

it('requests stay below ten megabytes, and rows in their order', async () => {
  const rows = numbered(6_000, 'y'.repeat(5_000))
  rows[3_000] = [3_000, 'z'.repeat(9_900_000)]
  expect(await write(pieces(rows))).toBe(6_000)
  expect(ids()).toEqual(upTo(6_000))
  expect(service.sizes.length).toBeGreaterThan(10)
  expect(Math.max(...service.sizes)).toBeGreaterThan(9_900_000)
  expect(Math.max(...service.sizes)).toBeLessThan(10_000_000)
  expect(service.connections).toBe(1)
})

it('a row that no request has room for is told, and nothing is there', async () => {
  await expect(write(pieces([...numbered(7), [7, 'z'.repeat(10_000_000)]]))).rejects.toMatchObject({
    code: 'WAREHOUSE_ROWS_REFUSED',
    data: { row: 8, table: 'raw.orders' },
  })
  expect(ids()).toBeUndefined()
})

it('no further rows are taken while nobody answers', async () => {
  let taken = 0
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  let arrived = () => {}
  const hasArrived = new Promise<void>((resolve) => {
    arrived = resolve
  })
  service.before = (call) => {
    if (call !== 'append') return
    arrived()
    return opened
  }
  async function* counted() {
    for (const row of numbered(60, 'y'.repeat(1_000_000))) {
      taken++
      yield [row]
    }
  }
  const written = write(counted())
  await hasArrived
  for (let i = 0; i < 200; i++) await turn()
  // Five requests of one row each on their way, and the first of the next one.
  expect(taken).toBeLessThanOrEqual(12)
  open()
  expect(await written).toBe(60)
  expect(ids()).toEqual(upTo(60))
})

it('after a connection that broke no row is missing, and none there twice', async () => {
  service.before = (call, nth) => {
    if (call === 'append' && nth === 2) throw failing(14, 'The first went away.')
  }
  service.after = (call, nth) => {
    if (call === 'append' && nth === 4) throw failing(13, 'Received RST_STREAM, once it was written.')
  }
  expect(await write(pieces(numbered(60, 'y'.repeat(300_000))))).toBe(60)
  expect(ids()).toEqual(upTo(60))
  expect(service.connections).toBe(3)
})

it('answers that were lost on their way do nothing twice', async () => {
  const lost = new Set(['create', 'finalize', 'commit'])
  service.after = (call) => {
    if (lost.delete(call)) throw failing(14, 'Nobody hears it.')
  }
  expect(await write(pieces(numbered(3)))).toBe(3)
  expect(ids()).toEqual([0, 1, 2])
  expect(service.calls.filter((call) => call === 'commit')).toHaveLength(2)
})

it('a server that takes rows and says nothing is not waited for', async () => {
  service.before = (call) => (call === 'append' ? new Promise(() => {}) : undefined)
  await expect(write(pieces(numbered(3)), { retryDeadlineMs: 0, answerTimeoutMs: 200 })).rejects.toMatchObject({
    code: 'WAREHOUSE_CONNECTION_LOST',
    message: expect.stringContaining('No answer came to rows within 0.2 seconds.'),
    data: { status: 4 },
  })
  await expect.poll(() => service.ended).toBe(1)
  expect(ids()).toBeUndefined()
})

it('rows that nobody answered are sent again', async () => {
  service.before = (call, nth) => (call === 'append' && nth === 1 ? new Promise(() => {}) : undefined)
  expect(await write(pieces(numbered(3)), { answerTimeoutMs: 200 })).toBe(3)
  expect(ids()).toEqual([0, 1, 2])
  expect(service.connections).toBeGreaterThan(1)
})

it('a quota that is used up for a moment is waited for', async () => {
  service.before = (call, nth) => {
    if (call === 'append' && nth === 1) throw failing(8, 'Exceeds throughput')
  }
  expect(await write(pieces(numbered(3)))).toBe(3)
  expect(ids()).toEqual([0, 1, 2])
})

it.each([
  [8, 'WAREHOUSE_QUOTA', true, /takes no more rows for raw\.orders: said/],
  [14, 'WAREHOUSE_CONNECTION_LOST', true, /for a reason that passes, while rows went into raw\.orders: said/],
  [7, 'WAREHOUSE_REFUSED', false, /does not let this login write into raw\.orders: said/],
  [16, 'WAREHOUSE_REFUSED', false, /refused the login: said/],
  [3, 'WAREHOUSE_ROWS_REFUSED', false, /refused rows for raw\.orders: said/],
] as const)('status %i is %s', async (code, expected, retryable, message) => {
  service.before = (call) => {
    if (call === 'append') throw failing(code, 'said')
  }
  await expect(write(pieces(numbered(3)), { retryDeadlineMs: 0 })).rejects.toMatchObject({
    code: expected,
    retryable,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/.{20}/),
  })
  expect(ids()).toBeUndefined()
  expect(service.calls).not.toContain('commit')
})

it('a server that nobody reaches is told with its place', async () => {
  const { url, close } = await serveWrites(service)
  close()
  await expect(write(pieces(numbered(1)), { endpoint: url, retryDeadlineMs: 0 })).rejects.toMatchObject({
    code: 'WAREHOUSE_CONNECTION_LOST',
    message: expect.stringContaining(url),
  })
})

it('a refused row is told with its number and its field, and not tried again', async () => {
  service.rowError = ({ id }) => (id === '2500' ? 'Field text: value is out of range' : undefined)
  await expect(write(pieces(numbered(3_000, 'y'.repeat(2_000))))).rejects.toMatchObject({
    code: 'WAREHOUSE_ROWS_REFUSED',
    message: `The Storage Write API at ${server.url} refused row 2501 for raw.orders, because of its field \`text\`: Field text: value is out of range`,
    data: { row: 2501, field: 'text' },
  })
  expect(service.connections).toBe(1)
  expect(ids()).toBeUndefined()
})

it('rows of a source that fails are never seen', async () => {
  async function* broken() {
    yield* pieces(numbered(8_000, 'y'.repeat(2_000)))
    throw new Error('The disk is gone.')
  }
  await expect(write(broken())).rejects.toThrow('The disk is gone.')
  expect(service.calls).toContain('append')
  expect(service.calls).not.toContain('finalize')
  expect(ids()).toBeUndefined()
})

it('a stream that has not all rows is not committed', async () => {
  const { finalize } = service
  service.finalize = async (request) => ({ rowCount: Number((await finalize.call(service, request)).rowCount) - 1 })
  await expect(write(pieces(numbered(3)))).rejects.toMatchObject({
    code: 'WAREHOUSE_CONNECTION_LOST',
    message: expect.stringContaining('has 2 rows for raw.orders, of 3 that were sent'),
  })
  expect(service.calls).not.toContain('commit')
})

it('what the commit refuses is told', async () => {
  service.commit = async () => ({ streamErrors: [{ code: 'INVALID_STREAM_STATE', errorMessage: 'It was garbaged.' }] })
  await expect(write(pieces(numbered(3)))).rejects.toMatchObject({
    code: 'WAREHOUSE_ROWS_REFUSED',
    message: expect.stringContaining('It was garbaged.'),
  })
})

it.each(['create', 'append', 'finalize', 'commit'])('an abort ends the call: %s', async (during) => {
  const stop = new AbortController()
  service.before = (call) => {
    if (call !== during) return
    stop.abort()
    return new Promise(() => {})
  }
  await expect(write(pieces(numbered(3)), { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' })
  if (during === 'append') await expect.poll(() => service.ended).toBe(1)
  expect(ids()).toBeUndefined()
})

it('who lacks the driver is told what to install', async () => {
  const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
  await expect(loadBigQueryStorageDriver(() => Promise.reject(missing))).rejects.toMatchObject({
    code: 'WAREHOUSE_DRIVER_MISSING',
    hint: expect.stringMatching(
      /npm install @google-cloud\/bigquery-storage@\d+\.\d+\.\d+\. .*loading_method: load_job/,
    ),
  })
})
