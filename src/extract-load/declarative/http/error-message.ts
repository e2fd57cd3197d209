import type { HttpResponse, Mapping } from '../component-contract.js'
import { isTruthy } from '../values/index.js'

/** Under which names APIs say what went wrong, the likeliest first. */
const names = [
  'message',
  'messages',
  'error',
  'errors',
  'failures',
  'failure',
  'detail',
  'err',
  'error_message',
  'msg',
  'reason',
  'status_message',
]

/** What an API says of a failure in its response; the whole body where that is no JSON. */
export function errorMessage(response: HttpResponse): string | undefined {
  const body = response.json()
  return body === undefined ? response.text() : messageIn(body)
}

function messageIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.flatMap((one) => messageIn(one) ?? []).join(', ')
  if (typeof value !== 'object' || value === null) return undefined
  const found = names.map((name) => (value as Mapping)[name]).find(isTruthy)
  return messageIn(found)
}
