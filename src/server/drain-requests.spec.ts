import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { drainRequests } from './drain-requests.js'

async function listening(answer: Parameters<typeof createServer>[1]) {
  const server = createServer({}, answer)
  server.keepAliveTimeout = 75_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it('a request that is under way is answered, new ones are not, and connections that wait do not hold it up', async () => {
  let arrived = () => {}
  const hasArrived = new Promise<void>((resolve) => {
    arrived = resolve
  })
  let answer = () => {}
  const { server, url } = await listening((request, response) => {
    if (request.url === '/idle') return response.end('kept open')
    answer = () => response.end('made')
    return arrived()
  })
  await (await fetch(`${url}/idle`)).text()
  const made = fetch(url, { method: 'POST' }).then((response) => response.text())
  await hasArrived
  const ended = drainRequests(server)
  await expect(fetch(url)).rejects.toThrow()
  answer()
  expect(await made).toBe('made')
  await ended
  expect(server.listening).toBe(false)
})

it('one that is never answered is cut off', async () => {
  const { server, url } = await listening(() => {})
  const request = fetch(url)
  request.catch(() => {})
  await new Promise((resolve) => server.once('request', resolve))
  await drainRequests(server)
  await expect(request).rejects.toThrow()
})
