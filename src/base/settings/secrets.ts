import { uriDecoded } from '../text/uri-decoded.js'

/** The longest first, so that one that begins another does not leave the other's rest. */
let known: readonly string[] = []
/** The oldest first. */
let passing: readonly string[] = []
const mostPassing = 200
const minimumLength = 4
export const secretMask = '**********'

/**
 * Remembers a value that must never be shown, also as JSON, addresses and forms write it. Values under four characters are
 * ignored: masking them would destroy text.
 */
export function registerSecret(value: string): void {
  const unknown = formsOf(value).filter((form) => !known.includes(form))
  if (unknown.length > 0) known = [...known, ...unknown].sort((a, b) => b.length - a.length)
}

/** The same of a value that another one follows soon, such as a token for one request: the newest of them are remembered. */
export function registerPassingSecret(value: string): void {
  const unknown = formsOf(value).filter((form) => !known.includes(form) && !passing.includes(form))
  if (unknown.length > 0) passing = [...passing, ...unknown].slice(-mostPassing)
}

/** Forgets all of them: files of tests share a process, and the secret of one is a word of another. */
export function forgetSecrets(): void {
  known = []
  passing = []
}

/** The ways in which a text may be written, without those that are too short. */
function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  // Half a pair of surrogates cannot be encoded; the buffer replaces it.
  const inAddress = encodeURIComponent(Buffer.from(value).toString())
  const quoted = inAddress.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  const forms = [value, json, inAsciiJson(json), inAddress, quoted, quoted.replaceAll('%20', '+')]
  return [...new Set(forms)].filter((form) => form.length >= minimumLength)
}

/** Python's and PHP's JSON has nothing but ASCII in it. */
const inAsciiJson = (json: string): string =>
  json.replace(/[\x7f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** dbt's convention: what stands in a variable of such a name is never shown. */
export const isSecretName = (name: string): boolean => name.startsWith('DBT_ENV_SECRET')

/** Values of such names, with a mask in their place: they are written nowhere. */
export const maskSecretNames = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isSecretName(name) ? nameMask : value]))

/** What dbt writes in the place of such a value. */
export const nameMask = '*****'

/** Whether a setting of a profile is a secret, by its name. */
export const isSecretKey = (key: string): boolean =>
  /pass|secret|token|(?:private|encryption|access|api)_key|key_id/i.test(key)

/** The same of a header: `Authorization`, `Cookie`, `X-Api-Key`. */
export const isSecretHeader = (name: string): boolean =>
  isSecretKey(name.replaceAll('-', '_')) || /auth|cookie|credential|key$/i.test(name)

/** A password inside a connection string: `host=x password=y`, `password='y z'`. */
const passwordInText = /\b((?:password|passwd|pwd)\s*=\s*)('(?:[^'\\]|\\.|'')*'|[^\s;&'"]+)/gi
const passwordInAddress = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)([^\s@/]+)(@)/gi

/** Remembers the secrets among settings, at whatever depth, and those inside their texts. */
export function registerSecretsIn(settings: unknown, key = ''): void {
  if (Array.isArray(settings)) for (const one of settings) registerSecretsIn(one, key)
  else if (settings !== null && typeof settings === 'object')
    for (const [name, one] of Object.entries(settings)) registerSecretsIn(one, name)
  else if (typeof settings === 'string' || typeof settings === 'number') {
    const text = String(settings)
    if (isSecretKey(key)) registerSecret(text)
    for (const [, , password = ''] of text.matchAll(passwordInText)) registerSecret(password.replace(/^'|'$/g, ''))
    // What takes an address apart may show its parts otherwise written.
    for (const [, , password = ''] of text.matchAll(passwordInAddress)) {
      registerSecret(password)
      registerSecret(uriDecoded(password))
    }
  }
}

/** Settings as they may be shown: without their secrets, at whatever depth. */
export function visibleSettings(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const visible = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replace(passwordInText, `$1${secretMask}`).replace(passwordInAddress, `$1${secretMask}$3`)
    if (Array.isArray(value)) return value.map(visible)
    if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
      return visibleSettings(value as Record<string, unknown>)
    return value
  }
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => (isSecretKey(key) ? [] : [[key, visible(value)]])),
  )
}

/** Names that people give to variables with secrets; `PWD` and `OLDPWD` are folders. */
const secretVariable =
  /(?:(?:^|_)(?:PASS|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|(?:API|ACCESS|PRIVATE|SECRET|ENCRYPTION|SIGNING)_?KEY)|PASSWORD|PASSWD|[A-Z]_PWD)$/i
/** Where the secret lies, not what it is. */
const isPath = (value: string) => /^(?:\.{0,2}\/|[a-z]:\\)/i.test(value)
/** What is shorter may be a word that stands in other texts, too. */
const leastVariableLength = 8

/** Remembers the values of variables that are secrets by their names, so that code of the project that prints them does not show them. */
export function registerSecretVariables(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value = ''] of Object.entries(env))
    if (secretVariable.test(name) && value.length >= leastVariableLength && !isPath(value)) registerSecret(value)
}

/** Remembers the secrets among the environment variables. */
export function registerSecretsOf(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(env)) if (value !== undefined && isSecretName(name)) registerSecret(value)
}

/** Masks every registered secret, and the password part of URLs, in a text. */
export function redact(text: string): string {
  let out = text.includes('://') ? text.replace(passwordInAddress, `$1${secretMask}$3`) : text
  for (const secret of known) if (out.includes(secret)) out = out.replaceAll(secret, secretMask)
  for (const secret of passing) if (out.includes(secret)) out = out.replaceAll(secret, secretMask)
  return out
}

/** The same for every text inside a plain value. */
export function redactDeep<T>(value: T): T {
  if (typeof value === 'string') return redact(value) as T
  if (Array.isArray(value)) return value.map(redactDeep) as T
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactDeep(item)])) as T
  return value
}
