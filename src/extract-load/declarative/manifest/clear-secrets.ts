import { isMapping, isSecretHeader, isSecretKey } from '../../../base/index.js'
import type { Mapping } from '../component-contract.js'
import type { Problem } from './problem.js'
import { visitComponents } from './visit-components.js'

type Path = readonly (string | number)[]

/** What authenticators have for secrets, by their types. */
export const secretFields: ReadonlyMap<string, readonly string[]> = new Map([
  ['ApiKeyAuthenticator', ['api_token']],
  ['BearerAuthenticator', ['api_token']],
  ['BasicHttpAuthenticator', ['password']],
  ['JwtAuthenticator', ['secret_key', 'passphrase']],
  ['OAuthAuthenticator', ['client_secret', 'refresh_token', 'access_token_value']],
  ['LegacySessionTokenAuthenticator', ['session_token', 'password']],
  ['RateLimitedMultipleTokenAuthenticator', ['tokens']],
])

/** What is sent under names that an API gives. */
const sent = [
  'request_headers',
  'refresh_request_headers',
  'request_parameters',
  'request_body_data',
  'request_body_json',
  'request_body',
  'refresh_request_body',
]
/** What a body says of a secret that is none. */
const isAboutOne = /_(?:type|name|ur[il])$/i

/** Secrets that are written into a manifest, instead of being asked for by its `spec`: where they are, and never what. */
export function clearSecrets(root: Mapping): Problem[] {
  const found: Problem[] = []
  const take = (key: string, value: unknown, path: Path): void => {
    if (Array.isArray(value)) for (const [i, one] of value.entries()) take(key, one, [...path, i])
    else if (isLiteral(value)) found.push({ path, message: messageOf(key) })
  }
  const takeNamed = (value: unknown, isSecret: (name: string) => boolean, path: Path): void => {
    if (Array.isArray(value)) for (const [i, one] of value.entries()) takeNamed(one, isSecret, [...path, i])
    else if (isMapping(value))
      for (const [key, item] of Object.entries(value)) {
        const place = [...path, key]
        if (isSecret(key) && !isMapping(item)) take(key, item, place)
        else takeNamed(item, isSecret, place)
      }
  }
  visitComponents(root, (component, path) => {
    for (const key of secretFields.get(component.type) ?? []) take(key, component[key], [...path, key])
    for (const key of sent)
      takeNamed(component[key], key.endsWith('headers') ? isSecretHeader : isSentSecret, [...path, key])
  })
  takeDefaults(root, take)
  return found
}

const isSentSecret = (name: string) =>
  (isSecretKey(name.replaceAll('-', '_')) || /^(?:x-)?(?:api-?)?key$|^authorization$/i.test(name)) &&
  !isAboutOne.test(name)

/** A setting that is asked for, and has the secret of whoever wrote it where nobody gives one. */
function takeDefaults({ spec }: Mapping, take: (key: string, value: unknown, path: Path) => void): void {
  const connection = isMapping(spec) ? spec.connection_specification : undefined
  const properties = isMapping(connection) ? connection.properties : undefined
  if (!isMapping(properties)) return
  for (const [name, setting] of Object.entries(properties))
    if (isMapping(setting) && setting.airbyte_secret === true)
      take(name, setting.default, ['spec', 'connection_specification', 'properties', name, 'default'])
}

const isLiteral = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && !/\{[{%]/.test(value))

const messageOf = (key: string) =>
  `\`${key}\` stands in clear: whoever reads the project reads it. Ask for it in the \`spec\`, and write {{ config['…'] }} here.`
