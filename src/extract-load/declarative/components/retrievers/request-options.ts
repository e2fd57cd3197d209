import { equals } from '../../../../jinja/index.js'
import type { Mapping, RequestOptions } from '../../component-contract.js'
import { isPlainMapping, setKey } from '../../dpath/index.js'
import { failure } from '../../failure.js'

/** What paginator and cursor want of a request, as one. @throws where both want the same place */
export function mergedOptions(first: RequestOptions, second: RequestOptions): RequestOptions {
  return {
    params: merged(first.params, second.params, false),
    headers: merged(first.headers, second.headers, false),
    bodyData: mergedBody(first.bodyData, second.bodyData),
    bodyJson: merged(first.bodyJson, second.bodyJson, true),
  }
}

const isNothing = (value: Mapping | string | undefined): boolean =>
  value === undefined || (typeof value !== 'string' && Object.keys(value).length === 0)

function mergedBody(first: RequestOptions['bodyData'], second: RequestOptions['bodyData']): RequestOptions['bodyData'] {
  if (isNothing(first)) return second
  if (isNothing(second)) return first
  if (typeof first === 'string' || typeof second === 'string')
    throw failure('MANIFEST_INVALID', {
      message: 'A request has a text for its body, and something else is to be put into the body too.',
      hint: 'Put one of them elsewhere.',
      failureType: 'system_error',
    })
  return merged(first, second, false)
}

/** @param isDeep mappings that both have are merged as well, and equal values may come twice */
function merged(first: Mapping | undefined, second: Mapping | undefined, isDeep: boolean): Mapping | undefined {
  if (isNothing(first)) return second
  if (isNothing(second)) return first
  const into: Record<string, unknown> = {}
  for (const from of [first, second]) if (from) merge(into, from, isDeep, [])
  return into
}

function merge(into: Record<string, unknown>, from: Mapping, isDeep: boolean, above: readonly string[]): void {
  for (const [key, value] of Object.entries(from)) {
    const path = [...above, key]
    if (!Object.hasOwn(into, key)) {
      setKey(into, key, isPlainMapping(value) && isDeep ? { ...value } : value)
      continue
    }
    const there = into[key]
    if (isDeep && isPlainMapping(there) && isPlainMapping(value)) {
      const copy = { ...there }
      merge(copy, value, isDeep, path)
      into[key] = copy
    } else if (!isDeep || !equals(there, value)) throw collision(path)
  }
}

const collision = (path: readonly string[]) =>
  failure('MANIFEST_INVALID', {
    message: `Two components put a value at the same place of a request: \`${path.join('.')}\`.`,
    hint: 'Each of paginator, cursor and partitions needs a place of its own.',
    failureType: 'system_error',
  })
