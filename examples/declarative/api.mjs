// The API of a shop of spare parts: numbered pages of parts by the time of their last change, and the offers of each supplier.
// `node api.mjs [port]`; the token is `spare-parts`. `POST /parts` with a part as JSON adds one, or changes it.
import { createServer } from 'node:http'

const port = Number(process.argv[2] ?? 8321)
const names = ['bolt', 'nut', 'washer', 'spring', 'bearing', 'gasket', 'valve']
const day = 86_400_000

const suppliers = ['Adler', 'Brandt', 'Costa'].map((name, i) => ({ id: i + 1, name }))
const parts = new Map(
  Array.from({ length: 250 }, (_, i) => {
    const part = {
      id: i + 1,
      name: `${names[i % names.length]} ${i + 1}`,
      price: { amount: ((i * 37) % 500) / 10 + 0.5, currency: 'EUR' },
      supplier_id: (i % suppliers.length) + 1,
      updated_at: timeOf(Date.UTC(2026, 0, 1) + (i % 60) * day),
    }
    return [part.id, part]
  }),
)

/** `2026-01-31T00:00:00Z` */
function timeOf(ms) {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function pageOf(all, query) {
  const page = Number(query.get('page') ?? 1)
  const size = Number(query.get('per_page') ?? 50)
  return { data: all.slice((page - 1) * size, page * size), total: all.length }
}

function answer(method, url, body) {
  const { pathname, searchParams: query } = new URL(url, 'http://localhost')
  if (pathname === '/parts' && method === 'POST') {
    const part = { ...JSON.parse(body), updated_at: timeOf(Date.now()) }
    parts.set(part.id, { ...parts.get(part.id), ...part })
    return [200, parts.get(part.id)]
  }
  if (pathname === '/parts') {
    const [since = '', until = '9'] = [query.get('since') ?? undefined, query.get('until') ?? undefined]
    const found = [...parts.values()].filter((one) => one.updated_at >= since && one.updated_at <= until)
    return [
      200,
      pageOf(
        found.sort((a, b) => (a.updated_at < b.updated_at ? -1 : 1)),
        query,
      ),
    ]
  }
  if (pathname === '/suppliers') return [200, { data: suppliers }]
  const [, supplier] = /^\/suppliers\/(\d+)\/offers$/.exec(pathname) ?? []
  if (supplier === undefined) return [404, { error: 'there is nothing here' }]
  const offered = [...parts.values()].filter((one) => one.supplier_id === Number(supplier) && one.id % 10 === 0)
  return [
    200,
    { data: offered.map(({ id, price }) => ({ part: id, percent: (id % 3) * 5 + 5, amount: price.amount })) },
  ]
}

const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const isKnown = request.headers.authorization === 'Bearer spare-parts'
  const [status, said] = isKnown
    ? answer(request.method, request.url, body)
    : [401, { error: 'send `Authorization: Bearer spare-parts`' }]
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(said))
})
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`))
