// An API whose bodies are as large as asked: /csv?bytes=N, /jsonl?bytes=N, /gzip?bytes=N (CSV, packed). They are made while they are sent, from two
// blocks that take turns.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'

const rowsPerBlock = 40_000
const cities = ['Berlin', 'Paris', 'Lima', 'Oslo', 'São Paulo']

function record(i) {
  const hash = createHash('md5').update(String(i)).digest('hex')
  return {
    id: i,
    uuid: hash,
    name: `Customer ${i}`,
    email: `user${i}@example.com`,
    active: i % 3 === 0,
    score: ((i * 7919) % 100_000) / 100,
    city: cities[i % 5],
    note: i % 10 ? `said "${hash.repeat(2).slice(0, 20 + (i % 40))}", and left` : '',
    amount: ((i * 31) % 1_000_003) / 100,
    updated_at: `${new Date(Date.UTC(2024, 0, 1) + i * 1000).toISOString().slice(0, 19)}Z`,
  }
}

const cell = (value) => (/[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value))
const names = Object.keys(record(0))
const blocksOf = (line) =>
  [0, 1].map((block) => {
    const lines = Array.from({ length: rowsPerBlock }, (_, i) => line(record(block * rowsPerBlock + i)))
    return Buffer.from(`${lines.join('\n')}\n`)
  })
const csv = blocksOf((row) => names.map((name) => cell(row[name])).join(','))
const head = Buffer.from(`${names.join(',')}\n`)
const bodies = {
  '/csv': { sizes: csv, head, blocks: csv },
  '/jsonl': { head: Buffer.alloc(0), blocks: blocksOf((row) => JSON.stringify(row)) },
  '/gzip': { sizes: csv, head: gzipSync(head), blocks: csv.map((block) => gzipSync(block)) },
}

const server = createServer(async ({ url }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const { head, blocks, sizes = blocks } = bodies[pathname]
  response.write(head)
  for (let sent = 0, i = 0; sent < Number(searchParams.get('bytes')) && !response.destroyed; i++) {
    sent += sizes[i % 2].length
    if (!response.write(blocks[i % 2])) await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  response.end()
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
