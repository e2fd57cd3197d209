import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, it } from 'vitest'
import type { HttpRequest } from '../component-contract.js'
import { cookieJar } from './cookies.js'
import { httpTransport } from './http-transport.js'
import type { TransportError } from './transport-error.js'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function serve(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => answer(request, response, body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push({
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function transport(options: Parameters<typeof httpTransport>[0] = {}) {
  const made = httpTransport({ env: {}, ...options })
  opened.push(made)
  return made
}
const get = (url: string, headers: HttpRequest['headers'] = []): HttpRequest => ({ method: 'GET', url, headers })
const whole = { isStreamed: false }

it('sends what is written, and no more headers than a client needs', async () => {
  let seen: unknown
  const base = await serve((request, response, body) => {
    seen = [request.method, request.url, request.rawHeaders.filter((_, i) => i % 2 === 0), body]
    response.end('{"a": 1}')
  })
  const response = await transport().send(
    {
      method: 'POST',
      url: `${base}/a//b/../%41?x=1&x=%20`,
      headers: [
        ['X-Key', 'ü'],
        ['Content-Length', '7'],
      ],
      body: 'hi',
    },
    whole,
  )
  expect(seen).toEqual([
    'POST',
    '/a//b/../%41?x=1&x=%20',
    ['host', 'connection', 'user-agent', 'accept-encoding', 'accept', 'X-Key', 'content-length'],
    'hi',
  ])
  expect([response.status, response.json()]).toEqual([200, { a: 1 }])
})

it('follows redirects as requests does, and keeps the authorization from other hosts', async () => {
  const seen: unknown[] = []
  const other = await serve((request, response) => {
    seen.push([request.method, request.url, request.headers.authorization])
    response.end('[]')
  })
  const base = await serve((request, response, body) => {
    seen.push([request.method, request.url, request.headers.authorization, request.headers['content-type'], body])
    const to = { '/a': [307, '/b'], '/b': [302, 'c?x=ü'], '/c?x=%C3%BC': [301, `${other}/d`] }[request.url ?? '']
    response.writeHead(Number(to?.[0]), { location: Buffer.from(String(to?.[1])).toString('latin1') }).end('moved')
  })
  const headers = [
    ['Authorization', 'Bearer x'],
    ['Content-Type', 'text/plain'],
  ] as const
  const response = await transport().send({ method: 'POST', url: `${base}/a`, headers, body: 'hi' }, whole)
  expect(seen).toEqual([
    ['POST', '/a', 'Bearer x', 'text/plain', 'hi'],
    ['POST', '/b', 'Bearer x', 'text/plain', 'hi'],
    ['GET', '/c?x=%C3%BC', 'Bearer x', undefined, ''],
    ['GET', '/d', undefined],
  ])
  expect(response.url).toBe(`${other}/d`)
})

it('frees the connection of a redirect that leads nowhere', async () => {
  let wasClosed: Promise<void> | undefined
  const base = await serve((request, response) => {
    wasClosed = new Promise((resolve) => request.socket.on('close', () => resolve()))
    response.writeHead(302, { location: 'http://[nowhere/' }).write('and so on')
  })
  await expect(transport().send(get(base), whole)).rejects.toMatchObject({ problem: 'InvalidURL' })
  await wasClosed
})

it('keeps cookies, also those that a redirect sets', async () => {
  const seen: unknown[] = []
  const base = await serve((request, response) => {
    seen.push([request.url, request.headers.cookie])
    if (request.url === '/a')
      response.writeHead(302, { location: '/b', 'set-cookie': ['x=1; Path=/', 'y=2; Path=/'] }).end()
    else response.end('{}')
  })
  const cookies = cookieJar(() => 0)
  await transport().send(get(`${base}/a`), { ...whole, cookies })
  expect([seen, cookies.header(base)]).toEqual([
    [
      ['/a', undefined],
      ['/b', 'x=1; y=2'],
    ],
    'x=1; y=2',
  ])
})

it('unpacks bodies, also one that is not packed as it says', async () => {
  const base = await serve((request, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(request.url === '/packed' ? gzipSync('{"a": 1}') : '{"a": 2}')
  })
  const sent = transport()
  const bodies = await Promise.all(
    ['/packed', '/plain'].map(async (path) => (await sent.send(get(base + path), whole)).text()),
  )
  expect(bodies).toEqual(['{"a": 1}', '{"a": 2}'])
})

it.each([
  [
    'ConnectionError',
    (_request: IncomingMessage, response: ServerResponse) => response.socket?.end('nonsense\r\n\r\n'),
  ],
  ['ConnectionError', (_request: IncomingMessage, response: ServerResponse) => response.socket?.destroy()],
  [
    'ChunkedEncodingError',
    (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200, { 'content-length': '100' }).write('cut')
      setTimeout(() => response.socket?.destroy(), 5)
    },
  ],
])('tells what requests would: %s', async (problem, answer) => {
  const base = await serve(answer)
  const failed = await transport()
    .send(get(base), whole)
    .catch((error: TransportError) => error.problem)
  expect(failed).toBe(problem)
})

it('tells of addresses that are none, of ports that nobody listens at, and of endless redirects', async () => {
  const base = await serve((_request, response) => response.writeHead(302, { location: '/' }).end())
  const problems = ['ftp://127.0.0.1/', 'http://127.0.0.1:1/', `${base}/`].map((url) =>
    transport()
      .send(get(url), whole)
      .catch((error: TransportError) => error.problem),
  )
  expect(await Promise.all(problems)).toEqual(['InvalidSchema', 'ConnectionError', 'TooManyRedirects'])
})

it('refuses a body that is too large for one piece, and says what to do', async () => {
  const base = await serve((_request, response) => response.end('x'.repeat(3000)))
  await expect(transport({ maxBodyBytes: 2000 }).send(get(base), whole)).rejects.toMatchObject({
    code: 'API_ANSWER_INVALID',
    hint: expect.stringContaining('JsonItemsDecoder'),
  })
})

it('keeps manifests that are not trusted out of private networks, by address, by name and by redirect', async () => {
  const base = await serve((_request, response) => response.end('secret'))
  const guarded = transport({ isPrivateRefused: true })
  const { port } = new URL(base)
  for (const url of [
    base,
    `http://localhost:${port}`,
    `http://[::ffff:127.0.0.1]:${port}`,
    `http://0x7f000001:${port}`,
  ])
    await expect(guarded.send(get(url), whole), url).rejects.toMatchObject({ code: 'API_ADDRESS_REFUSED' })
})

it('reads a body as it comes, but for errors, which somebody wants to read', async () => {
  const base = await serve((request, response) => {
    response.writeHead(request.url === '/good' ? 200 : 403)
    response.write('{"a":')
    setTimeout(() => response.end('1}'), 5)
  })
  const [good, bad] = await Promise.all(
    ['/good', '/bad'].map((path) => transport().send(get(base + path), { isStreamed: true })),
  )
  expect([good?.json(), bad?.json()]).toEqual([undefined, { a: 1 }])
  const pieces: string[] = []
  for await (const piece of good?.stream() ?? []) pieces.push(Buffer.from(piece).toString())
  expect(pieces.join('')).toBe('{"a":1}')
})

it('gives up at once where the caller does, and frees the connection', async () => {
  let wasClosed: Promise<void> | undefined
  const base = await serve((request) => {
    wasClosed = new Promise((resolve) => request.socket.on('close', () => resolve()))
    abort.abort(new Error('enough'))
  })
  const abort = new AbortController()
  await expect(transport().send(get(base), { ...whole, signal: abort.signal })).rejects.toMatchObject({
    code: 'ABORTED',
  })
  await wasClosed
})

it('asks a proxy, but for hosts that go without it', async () => {
  const seen: unknown[] = []
  const proxy = await serve((request, response) => {
    seen.push(request.url)
    response.end('"by proxy"')
  })
  const base = await serve((_request, response) => response.end('"direct"'))
  const sent = transport({ env: { http_proxy: proxy, NO_PROXY: '127.0.0.1' } })
  const answers = await Promise.all(
    ['http://api.invalid/a?b=1', base].map(async (url) => (await sent.send(get(url), whole)).json()),
  )
  expect([answers, seen]).toEqual([['by proxy', 'direct'], ['http://api.invalid/a?b=1']])
})
