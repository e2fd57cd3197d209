import type { HttpResponse } from '../../component-contract.js'
import { writeJson } from '../../values/index.js'

/** A response that nobody sent: its body lay in the record of a parent stream. */
export function embeddedResponse(value: unknown): HttpResponse {
  let bytes: Uint8Array | undefined
  const text = () => writeJson(value)
  const body = () => {
    bytes ??= Buffer.from(text())
    return bytes
  }
  return {
    request: { method: 'GET', url: '', headers: [] },
    url: '',
    status: 200,
    headers: new Map(),
    bytes: async () => body(),
    async *stream() {
      yield body()
    },
    json: () => value,
    text,
  }
}
