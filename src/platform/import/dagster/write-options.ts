import { type Code, call, code, quoted, type SourceValue, sourceOf } from '../typescript/source-text.js'
import type { AssetNode, MetadataEntry } from './answers.js'

/** Labels that Dagster and its libraries write for themselves. */
const isOwnLabel = (label: string) => /^dagster[\w-]*\//.test(label)

/** What every asset says of itself. */
export function describedOptions(node: AssetNode): Readonly<Record<string, SourceValue>> {
  const kinds = node.kinds.length > 0 ? node.kinds : node.computeKind ? [node.computeKind] : []
  const tags = Object.entries(node.tags)
    .filter(([name]) => !isOwnLabel(name))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return {
    description: node.description || undefined,
    group: node.groupName ?? undefined,
    kinds: some(kinds),
    owners: some(node.owners.flatMap(({ email, team }) => email ?? (team ? `team:${team}` : []))),
    tags: some(tags),
    metadata: metadataOf(node.metadataEntries),
  }
}

const some = (texts: readonly string[]) => (texts.length === 0 ? undefined : texts)

function metadataOf(entries: readonly MetadataEntry[]): SourceValue {
  const known = entries.flatMap((entry) => {
    const value = isOwnLabel(entry.label) ? undefined : metadataValue(entry)
    return value === undefined ? [] : [[entry.label, value] as const]
  })
  return known.length === 0 ? undefined : Object.fromEntries(known)
}

function metadataValue(entry: MetadataEntry): SourceValue {
  const { text, url, path, mdStr, jsonString, intRepr, floatValue, boolValue } = entry
  if (typeof url === 'string') return { type: 'url', url }
  if (typeof path === 'string') return { type: 'path', path }
  if (typeof mdStr === 'string') return { type: 'markdown', text: mdStr }
  if (typeof intRepr === 'string') return Number.isSafeInteger(Number(intRepr)) ? Number(intRepr) : intRepr
  if (typeof jsonString === 'string') return { type: 'json', value: jsonValue(jsonString) }
  return text ?? floatValue ?? boolValue ?? undefined
}

function jsonValue(text: string): SourceValue {
  try {
    return JSON.parse(text) as SourceValue
  } catch {
    return text
  }
}

/** The condition by which Dagster makes it; undefined where it has none, or one of its own making, which a person has to write. */
export function automationCode({ automationCondition }: Pick<AssetNode, 'automationCondition'>): Code | undefined {
  const label = automationCondition?.label ?? ''
  if (label === 'eager') return code('when.eager()')
  if (label === 'on_missing') return code('when.onMissing()')
  const [, cron, timezone] = /^on_cron\((.+), ([^,]+)\)$/.exec(label) ?? []
  if (cron === undefined || timezone === undefined) return undefined
  return code(`when.onCron(${quoted(cron)}${timezone === 'UTC' ? '' : `, ${quoted(timezone)}`})`)
}

export function freshnessCode({ internalFreshnessPolicy: policy }: AssetNode): Code | undefined {
  if (!policy) return undefined
  const { failWindowSeconds, warnWindowSeconds, deadlineCron, lowerBoundDeltaSeconds, timezone } = policy
  if (failWindowSeconds) {
    const warn = warnWindowSeconds ? duration(warnWindowSeconds) : undefined
    return code(`freshness.timeWindow(${sourceOf({ fail: duration(failWindowSeconds), warn })})`)
  }
  if (!deadlineCron || !lowerBoundDeltaSeconds) return undefined
  const zone = timezone === 'UTC' ? undefined : (timezone ?? undefined)
  const options = { deadline: deadlineCron, lowerBound: duration(lowerBoundDeltaSeconds), timezone: zone }
  return code(`freshness.cron(${sourceOf(options)})`)
}

/** `36h` rather than 129600 seconds. */
export function duration(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

const zodTypes: Readonly<Record<string, string>> = {
  Int: 'z.number().int()',
  Float: 'z.number()',
  String: 'z.string()',
  Bool: 'z.boolean()',
}

type Field = NonNullable<NonNullable<NonNullable<AssetNode['configField']>['configType']['fields']>>[number]

/** What a run may ask of it. */
export function configCode({ configField }: AssetNode): Code | undefined {
  const fields = configField?.configType.fields ?? []
  if (fields.length === 0) return undefined
  return call('z.object', [Object.fromEntries(fields.map((field) => [field.name, fieldCode(field)]))], 20)
}

function fieldCode({ description, isRequired, isSecret, defaultValueAsJson, configTypeKey }: Field): Code {
  // What pydantic gives a default may be null there, too, whatever its own type says.
  const [, isNoneable, name = ''] = /^(Noneable\.)?(\w+?)(?:SourceType)?$/.exec(configTypeKey) ?? []
  const usual = defaultValueAsJson && !isSecret ? jsonValue(defaultValueAsJson) : undefined
  const type = zodTypes[name] ?? 'z.unknown()'
  const orNull = isNoneable && (usual === null || usual === undefined) ? '.nullable()' : ''
  const otherwise = usual === undefined ? (isRequired ? '' : '.optional()') : `.default(${sourceOf(usual)})`
  return code(`${type}${orNull}${otherwise}${description ? `.describe(${quoted(description)})` : ''}`)
}
