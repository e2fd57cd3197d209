import { didYouMean } from '../../base/index.js'
import { cliErrors } from '../errors.js'
import { type SettingSchema, type Settings, schemaAt, typesOf, undeclaredAt } from './setting-schema.js'

type End = 'source' | 'destination'

/**
 * The settings that `--set host=db --set ssl_mode.mode=require --set streams.0.name=orders` describe. What a value is,
 * the schema says; where it says nothing, what can be read as JSON is that.
 * @throws CLI_USAGE
 */
export function readSetFlags(flags: readonly string[], schema: SettingSchema): Settings {
  let settings: unknown = {}
  for (const flag of flags) {
    const [, name, text] = /^([^=]+)=([\s\S]*)$/.exec(flag) ?? []
    if (name === undefined || text === undefined)
      throw cliErrors.create('CLI_USAGE', {
        message: `\`--set ${flag}\` has no value.`,
        hint: 'Write it as --set host=db.example.com, and what lies deeper as --set ssl_mode.mode=require.',
      })
    const path = name.split('.')
    settings = placed(settings, path, typedValue(text, schemaAt(schema, path), name))
  }
  return settings as Settings
}

/** What is to be said of settings that a connector does not tell of: many take those in silence. */
export const undeclaredSettings = (
  flags: readonly string[],
  schema: SettingSchema,
  end: End = 'source',
): readonly string[] =>
  undeclaredPaths(
    flags.map((flag) => flag.slice(0, flag.indexOf('=')).split('.')),
    schema,
    end,
  )

/** The same of settings that stand in a file. */
export const undeclaredIn = (settings: Settings, schema: SettingSchema): readonly string[] =>
  undeclaredPaths(pathsOf(settings), schema, 'source')

function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [[]]
  return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner).map((path) => [key, ...path]))
}

function undeclaredPaths(paths: readonly (readonly string[])[], schema: SettingSchema, end: End): readonly string[] {
  const said = paths.flatMap((path) => {
    const found = undeclaredAt(schema, path)
    if (!found) return []
    const meant = didYouMean(found.path.at(-1) ?? '', found.known)
    return [`The ${end} tells of no setting \`${found.path.join('.')}\`.`, meant].filter(Boolean).join(' ')
  })
  return [...new Set(said)]
}

function placed(holder: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value
  if (/^\d+$/.test(first) && (holder === undefined || Array.isArray(holder))) {
    const list = [...((holder ?? []) as readonly unknown[])]
    list[Math.min(Number(first), list.length)] = placed(list[Number(first)], rest, value)
    return list
  }
  const settings = (holder ?? {}) as Settings
  return { ...settings, [first]: placed(settings[first], rest, value) }
}

function typedValue(text: string, schema: SettingSchema | undefined, name: string): unknown {
  // A variable of the environment may stand for anything.
  if (/^\$\{.*\}$/.test(text)) return text
  const types = schema ? typesOf(schema) : []
  if (types.includes('string')) return text
  const read = asJson(text)
  if (types.length === 0) return read ?? text
  if (types.includes('array') && !Array.isArray(read)) return text.split(',').map((part) => asItem(part.trim(), schema))
  const type = Array.isArray(read) ? 'array' : typeof read
  const isNull = read === null && [schema?.type].flat().includes('null')
  const isInteger = types.includes('integer') && Number.isInteger(read)
  if (isNull || isInteger || types.includes(type)) return read
  throw cliErrors.create('CLI_USAGE', {
    message: `\`--set ${name}=${text}\`: the value must be ${types.join(' or ')}.`,
    hint: schema?.description ?? '`millrace connectors show` tells what a connector takes.',
  })
}

const asItem = (text: string, schema: SettingSchema | undefined) =>
  schema?.items && !typesOf(schema.items).includes('string') ? (asJson(text) ?? text) : text

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
