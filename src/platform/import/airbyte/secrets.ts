import { isMapping, isSecretKey, visibleSettings } from '../../../base/index.js'

/** What Airbyte, and some exports, write in the place of a secret. */
const isMask = (value: string) => /^\*{4,}$/.test(value)

/** A variable of the environment, and nothing else. */
const isReference = (value: unknown) => typeof value === 'string' && /^\$\{\w+(:-[^}]*)?\}$/.test(value)

/** Settings of Airbyte's connectors that hold a secret as a text, besides those whose names say so themselves. */
const secretSetting =
  /(?:^|_)(?:credentials?|service_account)(?:_(?:json|info|key|string))?$|connection_(?:string|uri)$|(?:^|_)(?:dsn|jwt|hmac\w*|authorization)$|(?:api|access|account|app|application|auth|client|consumer|encryption|license|private|shared|signing|ssh|subscription)_?key$/i

/** `sharedAccess-Key` as `shared_Access_Key`. */
const snakeCase = (name: string) => name.replace(/([a-z\d])([A-Z])/g, '$1_$2').replaceAll('-', '_')

const isCalledSecret = (name: string) => isSecretKey(snakeCase(name)) || secretSetting.test(snakeCase(name))

/** A key, JSON with a secret (as the file of a service account is), or a password within an address or a text of settings, whatever the setting is called. */
const looksSecret = (text: string) =>
  text.includes('-----BEGIN') ||
  [...text.matchAll(/"(\w+)"\s*:\s*"(?!")/g)].some(([, name = '']) => isCalledSecret(name)) ||
  visibleSettings({ text }).text !== text

/** Airbyte replaces such parts itself, when it writes: `${NAMESPACE}/${STREAM_NAME}/`. In our files they would be variables of the environment. */
const hasReference = (text: string) => /\$\{[A-Za-z_]\w*(?::-[^}]*)?\}/.test(text)

export interface Variable {
  /** Where it stands: `source.password`. */
  readonly place: string
  /** What it has to be set to; undefined for a secret. */
  readonly text?: string | undefined
}

export interface Referenced {
  readonly config: Readonly<Record<string, unknown>>
  /** Variables that have to be set, by their names. */
  readonly variables: ReadonlyMap<string, Variable>
}

/**
 * Puts a variable of the environment in the place of each secret: of those that were masked, and of those that are called or look like one.
 * What is too much among the variables does no harm; what is too little stands in clear.
 * So it does in the place of each text of which we would take a part for a variable.
 * @param connection its name, which begins the names of the variables
 * @param end `source` or `destination`
 */
export function withoutSecrets(connection: string, end: string, config: Readonly<Record<string, unknown>>): Referenced {
  const variables = new Map<string, Variable>()
  const walk = (value: unknown, path: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((one, i) => walk(one, [...path, String(i)]))
    if (isMapping(value))
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one, [...path, key])]))
    if (isReference(value)) {
      variables.set(String(value).slice(2, -1).replace(/:-.*/, ''), { place: [end, ...path].join('.') })
      return value
    }
    if (typeof value !== 'string' || value === '') return value
    const isSecret = isMask(value) || isCalledSecret(settingOf(path)) || looksSecret(value)
    if (!isSecret && !hasReference(value)) return value
    const name = variableName(connection, end, path)
    variables.set(name, { place: [end, ...path].join('.'), text: isSecret ? undefined : value })
    return `\${${name}}`
  }
  return { config: walk(config, []) as Readonly<Record<string, unknown>>, variables }
}

/** What it is called; those in a list are called as the list is. */
const settingOf = (path: readonly string[]) => path.findLast((part) => !/^\d+$/.test(part)) ?? ''

const variableName = (connection: string, end: string, path: readonly string[]) =>
  // The settings of an Airbyte connector lie below `config`, which says nothing.
  [connection, ...(end === 'destination' ? [end] : []), ...path.filter((part, i) => i > 0 || part !== 'config')]
    .join('_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
