// An API of numbered pages, each rendered before anybody asks: /items?page=N&size=1000. Arguments: pages, records per page.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const [pages, perPage] = process.argv.slice(2).map(Number)
const cities = ['Berlin', 'Paris', 'Lima', 'Oslo']

function record(i) {
  const hash = createHash('md5').update(String(i)).digest('hex')
  return {
    id: i,
    uuid: hash,
    name: `Customer ${i}`,
    email: `user${i}@example.com`,
    active: i % 3 === 0,
    score: ((i * 7919) % 100000) / 100,
    address: {
      street: `${i % 999} Main Street`,
      city: cities[i % 4],
      geo: { lat: (i % 90) + 0.25, lng: (i % 180) - 0.5 },
    },
    tags: [hash.slice(0, 6), hash.slice(6, 12), hash.slice(12, 18)],
    items: [
      { sku: hash.slice(0, 8), qty: i % 5, price: (i % 1000) / 10 },
      { sku: hash.slice(8, 16), qty: i % 7, price: (i % 777) / 10 },
    ],
    internal: { debug: hash, shard: i % 16 },
    note: i % 10 ? hash.repeat(3).slice(0, 40 + (i % 50)) : null,
    updated_at: `${new Date(Date.UTC(2024, 0, 1) + i * 1000).toISOString().slice(0, 19)}Z`,
  }
}

// As most APIs write floats: with a dot, also where nothing is behind it.
const withDots = (text) => text.replace(/("(?:score|lat|lng|price)":-?\d+)(?=[,}])/g, '$1.0')

const bodies = Array.from({ length: pages }, (_, page) => {
  const data = Array.from({ length: perPage }, (_, i) => record(page * perPage + i))
  return Buffer.from(withDots(JSON.stringify({ data, page })))
})
const empty = Buffer.from('{"data": []}')

const server = createServer(({ url = '' }, response) => {
  const page = Number(new URL(url, 'http://localhost').searchParams.get('page') ?? 0)
  const body = bodies[page] ?? empty
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
