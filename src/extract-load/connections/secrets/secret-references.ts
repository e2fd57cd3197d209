import { valueAt } from '../../../base/index.js'
import type { JsonSchema } from '../../contract.js'
import { leavesOf, secretPlaces } from './secret-values.js'
import type { Variables } from './variables.js'

type Config = Readonly<Record<string, unknown>>
type Path = readonly (string | number)[]

export interface ReferencedSecrets {
  /** The config with `${NAME}` in the place of every secret. */
  readonly config: Config
  /** The values that were taken out, by the variable that stands for each. */
  readonly values: ReadonlyMap<string, string>
}

const reference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/

export interface NamingPlace extends Variables {
  /** The config as it is written now, where there is one. */
  readonly before?: unknown
  /** Who gets this config, as `Variables.users` calls them: what nobody else names may get another value. */
  readonly owners: readonly string[]
  /** Names that other settings were given just now. */
  readonly taken?: ReadonlyMap<string, string> | undefined
}

/**
 * Takes the secrets out of a config. A value that is a reference already stays, and so does one that stands there with a variable in it; every other one gets a variable of its own that is
 * called after the connection and the setting, such as `SHOP_PASSWORD`. One that is set, or named elsewhere, is not taken, unless it is kept
 * for this very setting alone, and gets another value with it: who changes one setting changes no other. A variable of the environment that
 * says the same is taken, since nothing changes those.
 */
export function referenceSecrets(
  connection: string,
  spec: JsonSchema,
  config: Config,
  { before, taken = new Map(), ...place }: NamingPlace,
): ReferencedSecrets {
  const values = new Map<string, string>()
  const isTaken = (name: string) => taken.has(name) || values.has(name)
  let result: unknown = config
  for (const secret of secretPlaces(spec, config)) {
    for (const path of leavesOf(valueAt(result, secret), secret)) {
      const value = valueAt(result, path)
      const text = String(value)
      if (value === null || value === undefined || text === '' || isReference(text)) continue
      const written = String(valueAt(before, path))
      // A variable amid other text would be none in a value of its own.
      if (text === written && text.includes('${')) continue
      const held = reference.exec(written)?.[1]
      const isKept = held !== undefined && mayHold(held, text, { connection, path, ...place })
      const name = isKept ? held : freeName(connection, path, (name) => mayTake(name, text, place, isTaken))
      values.set(name, text)
      result = withValue(result, path, `\${${name}}`)
    }
  }
  return { config: result as Config, values }
}

type Place = Omit<NamingPlace, 'before' | 'taken'>

/** Whether what a setting names may go on naming it: it has the value already, or it is kept for this setting alone. */
function mayHold(
  name: string,
  text: string,
  { connection, path, ...place }: Place & { readonly connection: string; readonly path: Path },
): boolean {
  const { env, stored, unreadable } = place
  if (env[name] === text) return true
  const isOwn = name.replace(/_\d+$/, '') === nameOf(connection, path)
  return isOwn && (stored?.has(name) === true || unreadable?.has(name) === true) && isOnlyOf(name, place)
}

/** Whether a setting that did not name it may be given it. */
function mayTake(name: string, text: string, place: Place, isTaken: (name: string) => boolean): boolean {
  const { env, stored, unreadable, users } = place
  if (env[name] === text && !stored?.has(name)) return true
  if (isTaken(name) || unreadable?.has(name)) return false
  if (env[name] === undefined) return isOnlyOf(name, place)
  return env[name] === text && (users?.get(name) ?? []).length === 0
}

/** Whether nobody names it but these, and each of them in one place. */
function isOnlyOf(name: string, { users, owners }: Place): boolean {
  const found = users?.get(name) ?? []
  return new Set(found).size === found.length && found.every((one) => owners.includes(one))
}

/** Whether a name stands for nothing yet, or for this very text: for what no change replaces. */
export const isFree =
  (text: string, { env, unreadable }: Variables, values: ReadonlyMap<string, string>) =>
  (name: string): boolean =>
    (values.get(name) ?? env[name] ?? (unreadable?.has(name) ? undefined : text)) === text

/** Whether a text stands for a variable of the environment and nothing else. */
export const isReference = (text: string): boolean => reference.test(text)

/** What a secret's variable is called: after the connection and where the secret stands, with a number where that is taken. */
export function freeName(connection: string, path: Path, isFree: (name: string) => boolean): string {
  const name = nameOf(connection, path)
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}_${number}`
    if (isFree(candidate)) return candidate
  }
}

function nameOf(connection: string, path: Path): string {
  // An Airbyte connector's own settings lie below `config`, which says nothing.
  const words = path.filter((part, i) => !(i === 0 && part === 'config' && path.length > 1))
  return [connection, ...words]
    .join('_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
}

/** A copy with another value in one place. */
export function withValue(holder: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value
  const inner = withValue(valueAt(holder, [first]), rest, value)
  return Array.isArray(holder)
    ? holder.map((one, i) => (i === first ? inner : one))
    : { ...(holder as object), [first]: inner }
}
