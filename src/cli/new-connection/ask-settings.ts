import { plainDescription } from '../output/schema-text.js'
import type { Choice, Questions } from '../questions.js'
import {
  branchesOf,
  branchOf,
  fixedValue,
  isObject,
  orderedProperties,
  type SettingSchema,
  type Settings,
  typesOf,
} from './setting-schema.js'

/**
 * Asks for what a source needs and what is secret in it; everything else keeps its default and can be set with `--set`
 * or in the file. What is given already is not asked for.
 */
export async function askSettings(
  questions: Questions,
  schema: SettingSchema,
  given: Settings,
  before: Settings = {},
): Promise<Settings> {
  const chosen = await chooseBranch(questions, schema, given, before)
  const required = new Set([...(schema.required ?? []), ...(chosen.required ?? [])])
  const properties = orderedProperties({ properties: { ...schema.properties, ...chosen.properties } })
  let settings: Settings = { ...given, ...chosen.fixed }
  for (const [name, one] of properties) {
    const known = settings[name]
    const isNeeded = required.has(name)
    if (known !== undefined && !(isObject(one) && typeof known === 'object')) continue
    if (!isNeeded && known === undefined && one.airbyte_secret !== true) continue
    const value = await askSetting(questions, name, one, { isNeeded, known, before: before[name] })
    if (value !== undefined) settings = { ...settings, [name]: value }
  }
  return settings
}

interface Branch {
  readonly required?: readonly string[] | undefined
  readonly properties?: SettingSchema['properties']
  /** What tells the branch. */
  readonly fixed: Settings
}

async function chooseBranch(
  questions: Questions,
  schema: SettingSchema,
  given: Settings,
  before: Settings,
): Promise<Branch> {
  const branches = branchesOf(schema)
  const holds = (settings: Settings) => (one: SettingSchema) =>
    !one.properties && one.required?.every((name) => settings[name] !== undefined) === true
  if (branches.length === 0 || branches.some(holds(given))) return { fixed: {} }
  const branch =
    branchOf(schema, given) ??
    (await questions.choice(
      schema.title ?? 'Which one?',
      branches.map(
        (one, i): Choice<SettingSchema> => ({
          label: one.title ?? `Variant ${i + 1}`,
          note: one.description,
          value: one,
        }),
      ),
      branchOf(schema, before) ?? branches.find(holds(before)),
    ))
  const fixed = Object.entries(branch.properties ?? {}).flatMap(([name, one]) =>
    fixedValue(one) === undefined ? [] : [[name, fixedValue(one)] as const],
  )
  return { required: branch.required, properties: branch.properties, fixed: Object.fromEntries(fixed) }
}

interface Asked {
  readonly isNeeded: boolean
  readonly known: unknown
  /** What was answered the last time. */
  readonly before: unknown
}

async function askSetting(
  questions: Questions,
  name: string,
  schema: SettingSchema,
  { isNeeded, known, before }: Asked,
) {
  const label = schema.title ?? name
  if (isObject(schema))
    return askSettings(questions, { ...schema, title: label }, (known ?? {}) as Settings, settingsIn(before))
  const { items } = schema
  if (items && isObject(items)) return askList(questions, label, items, before)
  if (schema.enum)
    return questions.choice(
      label,
      schema.enum.map((value) => ({ label: String(value), value })),
      schema.default,
    )
  const types = typesOf(schema)
  if (types.includes('boolean')) return questions.yes(label, schema.default === true)
  const isList = types.includes('array')
  const answer = await questions.text({
    label: isList ? `${label}, separated by commas` : label,
    help: helpOf(schema),
    fallback: shown(schema.airbyte_secret ? undefined : before) ?? shown(schema.default),
    isOptional: !isNeeded,
    isHidden: schema.airbyte_secret === true,
    problem: (text) => problemOf(text, schema, types),
  })
  if (answer === '') return undefined
  if (isList) return answer.split(',').map((part) => part.trim())
  return isNumber(types) && !answer.startsWith('${') ? Number(answer) : answer
}

const shown = (value: unknown) => (value === undefined ? undefined : [value].flat().join(', '))

const settingsIn = (value: unknown) => (value !== null && typeof value === 'object' ? value : {}) as Settings

/** Mappings, one after the other, until no more is wanted. */
async function askList(
  questions: Questions,
  label: string,
  items: SettingSchema,
  before: unknown,
): Promise<readonly Settings[]> {
  const earlier = Array.isArray(before) ? before : []
  const list: Settings[] = []
  do {
    console.log(`${label}, number ${list.length + 1}:`)
    list.push(await askSettings(questions, items, {}, settingsIn(earlier[list.length])))
  } while (await questions.yes('One more?', list.length < earlier.length))
  return list
}

function helpOf(schema: SettingSchema): string | undefined {
  const [example] = schema.examples ?? []
  const parts = [
    schema.description && plainDescription(schema.description),
    example === undefined || schema.default !== undefined ? undefined : `For example ${[example].flat().join(', ')}.`,
    schema.airbyte_secret
      ? 'It is not shown, and kept encrypted in the metadata store: the file names it. ${NAME} takes a variable of the environment, or a secret that is kept.'
      : undefined,
  ]
  return parts.filter(Boolean).join(' ') || undefined
}

const isNumber = (types: readonly string[]) =>
  !types.includes('string') && (types.includes('integer') || types.includes('number'))

function problemOf(text: string, { pattern }: SettingSchema & { pattern?: string }, types: readonly string[]) {
  if (text.startsWith('${')) return undefined
  if (isNumber(types) && !(types.includes('integer') ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/).test(text))
    return 'A number must stand here.'
  return pattern !== undefined && !matches(pattern, text) ? `It must look like ${pattern}.` : undefined
}

/** Patterns are those of another language: one that cannot be read holds nobody up. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}
