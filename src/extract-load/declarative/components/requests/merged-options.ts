import { equals } from '../../../../jinja/index.js'
import type { Mapping } from '../../component-contract.js'
import { setKey } from '../../dpath/index.js'
import { failure } from '../../failure.js'

type Options = Mapping | string | undefined

/**
 * Options of several components as one. A name that comes twice is an error; in JSON it is none where both say the same.
 * @returns a text where one is the only thing that is given
 */
export function mergedOptions(what: string, parts: readonly Options[], areSameAllowed: boolean): Mapping | string {
  const given = parts.filter(
    (one): one is Mapping | string => one !== undefined && (typeof one === 'string' || Object.keys(one).length > 0),
  )
  const text = given.find((one) => typeof one === 'string')
  if (text !== undefined) {
    if (given.length === 1) return text
    throw collision(`The ${what} of a request is a text, to which other options cannot be added.`)
  }
  const [first, ...others] = given as Mapping[]
  if (!first) return {}
  const merged: Record<string, unknown> = { ...first }
  for (const one of others) mergeInto(merged, one, what, [], areSameAllowed)
  return merged
}

function mergeInto(
  target: Record<string, unknown>,
  source: Mapping,
  what: string,
  path: readonly string[],
  areSameAllowed: boolean,
): void {
  for (const [name, value] of Object.entries(source)) {
    if (!Object.hasOwn(target, name)) setKey(target, name, value)
    else if (areSameAllowed && isObject(target[name]) && isObject(value)) {
      const inner = { ...target[name] }
      mergeInto(inner, value, what, [...path, name], areSameAllowed)
      setKey(target, name, inner)
    } else if (!areSameAllowed || !equals(target[name], value))
      throw collision(`The ${what} of a request gets \`${[...path, name].join('.')}\` from two places.`)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const collision = (message: string) =>
  failure('MANIFEST_INVALID', {
    message,
    hint: 'Requester, authenticator, paginator, cursor and partition router each put options into it: give them different names.',
    failureType: 'system_error',
  })
