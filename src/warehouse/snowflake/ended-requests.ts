import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'

const current = new AsyncLocalStorage<AbortSignal>()

/** The driver asks again after whatever goes wrong in the network, up to minutes later, unless it has such a code. */
const finalCode = 'CERT_HAS_EXPIRED'
const end = (request: ClientRequest) =>
  request.destroy(Object.assign(new Error('Nobody waits for an answer any more.'), { code: finalCode }))

// https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#built-in-channels
subscribe('http.client.request.start', (message) => {
  const signal = current.getStore()
  if (signal === undefined) return
  const { request } = message as { readonly request: ClientRequest }
  const onAbort = () => end(request)
  if (signal.aborted) return void onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  request.once('close', () => signal.removeEventListener('abort', onAbort))
})

/** Work of the driver, which takes no signal. What it asks by HTTP ends with this one, and nothing is asked after it. */
export const endingRequests = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => current.run(signal, work)
