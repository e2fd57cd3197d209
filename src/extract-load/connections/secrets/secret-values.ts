import { isMapping, isSecretKey, literalsIn, registerSecret, registerSecretsIn, valueAt } from '../../../base/index.js'
import type { JsonSchema } from '../../contract.js'

type Path = readonly (string | number)[]

/**
 * Where the values of a connector's config lie that its spec marks with `airbyte_secret`: below objects and lists, in
 * any branch of a oneOf (which one is meant does not matter: a value too many is masked, none too few).
 */
export function secretPlaces(schema: JsonSchema, config: unknown, path: Path = []): Path[] {
  if (schema.airbyte_secret === true) return [path]
  const found: Path[] = []
  for (const branches of [schema.oneOf, schema.anyOf, schema.allOf])
    if (Array.isArray(branches))
      for (const branch of branches) found.push(...secretPlaces(branch as JsonSchema, config, path))
  if (Array.isArray(config)) {
    if (isMapping(schema.items))
      for (const [i, item] of config.entries()) found.push(...secretPlaces(schema.items, item, [...path, i]))
  } else if (isMapping(config)) {
    const properties = isMapping(schema.properties) ? schema.properties : {}
    for (const [name, value] of Object.entries(config)) {
      const inner = properties[name] ?? schema.additionalProperties
      if (isMapping(inner)) found.push(...secretPlaces(inner, value, [...path, name]))
    }
  }
  return found
}

/** The values themselves, as texts. */
export const secretValues = (schema: JsonSchema, config: unknown): string[] =>
  secretPlaces(schema, config).flatMap((path) => texts(valueAt(config, path)))

/** Masks them from now on, and, as a config that only a program knows has no such marks, what is called like one. */
export function registerSecretsOf(schema: JsonSchema, config: unknown): void {
  for (const secret of secretValues(schema, config)) registerSecret(secret)
  registerSecretsIn(config)
}

/**
 * Where secrets stand in a file as they are, instead of in a variable of the environment: those that the spec marks, and, as a config
 * that only a program knows has no such marks, those that are called like one.
 * @param written the config as it stands in the file
 */
export function secretsInClear(schema: JsonSchema, written: unknown): Path[] {
  const places = [...secretPlaces(schema, written), ...calledLikeSecrets(written)]
  return [...new Map(places.map((path) => [path.join('.'), path])).values()].filter((path) => {
    const text = valueAt(written, path)
    return typeof text === 'string' && text !== '' && !text.includes('${')
  })
}

/** Where the texts and numbers below a place lie. */
export function leavesOf(value: unknown, path: Path): Path[] {
  if (value === null || typeof value !== 'object') return [path]
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

/**
 * Where a config as it stands in a file says something of a secret itself: all of it, a part beside a variable
 * (`live_4f9a-${REGION}`), or a default.
 */
export function writtenSecrets(schema: JsonSchema, written: unknown): Path[] {
  const marked = secretPlaces(schema, written).flatMap((path) => leavesOf(valueAt(written, path), path))
  const called = calledLikeSecrets(written).filter((path) => typeof valueAt(written, path) === 'string')
  return [...marked, ...called].filter((path) => {
    const { around, defaults } = literalsIn(String(valueAt(written, path) ?? ''))
    return around.length + defaults.length > 0
  })
}

/** Masks what is written of secrets from now on. The names of variables are none, whatever surrounds them. */
export function registerWrittenSecrets(schema: JsonSchema, written: unknown): void {
  for (const path of writtenSecrets(schema, written)) {
    const text = String(valueAt(written, path))
    const { around, defaults } = literalsIn(text)
    const long = around.map((part) => part.trim()).filter((part) => part.length >= leastLineLength)
    for (const secret of [text, ...defaults, ...long]) registerSecret(secret)
  }
}

function calledLikeSecrets(value: unknown, path: Path = []): Path[] {
  if (!isMapping(value)) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    isSecretKey(key) ? [[...path, key]] : calledLikeSecrets(inner, [...path, key]),
  )
}

/** Shorter lines of a text say nothing, and may be words that stand elsewhere. */
const leastLineLength = 8

/** Every text and number in a value, and each line of a text: a key of several lines is shown line by line. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') {
    const lines = value.split('\n').map((line) => line.trim())
    return [value, ...lines.filter((line) => line.length >= leastLineLength)]
  }
  if (typeof value === 'number') return [String(value)]
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(texts)
  return []
}
