import { isSecretName, maskSecretNames, nameMask, redactDeep, secretMask } from '../../../base/index.js'
import { exactJson } from '../../python/exact-json.js'
import type { DbtFlags, Flag } from './dbt-flags.js'
import { flags } from './flag-table.js'
import { yamlMapping } from './flags.js'

/** Flags that `args` of run_results.json has under another name than theirs. */
const names: Partial<Record<keyof DbtFlags, string>> = {
  indirect: 'indirect_selection',
  resourceType: 'resource_types',
  excludeResourceType: 'exclude_resource_types',
}
/** Switches that turn off what the artifact says is on. */
const opposites: Partial<Record<keyof DbtFlags, string>> = { noWriteJson: 'write_json', noCompile: 'compile' }
/** Where the former run was looking for things is its own business. */
const notRepeated = new Set<keyof DbtFlags>([
  'profilesDir',
  'projectDir',
  'targetPath',
  'deferState',
  'warnError',
  'ignored',
  'ignoredText',
  'logFormat',
  'logFormatFile',
  'logLevel',
  'logLevelFile',
  'logPath',
  'quiet',
  'debug',
])

const nameOf = (key: keyof DbtFlags): string =>
  names[key] ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Flags that hold a YAML mapping, by their key; the artifact has the mapping. */
const mappings: Partial<Record<keyof DbtFlags, string>> = { vars: '--vars', args: '--args' }

/** Flags as run_results.json names them: `fullRefresh` is `full_refresh`. */
export function argsOfFlags(given: DbtFlags): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const mapping = mappings[key as keyof DbtFlags]
      if (mapping !== undefined)
        return [nameOf(key as keyof DbtFlags), redactDeep(maskSecretNames(yamlMapping(value, mapping)))]
      const opposite = opposites[key as keyof DbtFlags]
      return opposite === undefined ? [nameOf(key as keyof DbtFlags), redactDeep(value)] : [opposite, value !== true]
    }),
  )
}

/** The reverse, for a retry; also of what dbt itself wrote. */
export function flagsOfArgs(args: Readonly<Record<string, unknown>>): DbtFlags {
  const found: Record<string, unknown> = {}
  for (const { key, kind } of new Map(flags.map((flag) => [flag.key, flag])).values()) {
    if (notRepeated.has(key)) continue
    const opposite = opposites[key]
    if (opposite !== undefined) {
      if (args[opposite] === false) found[key] = true
      continue
    }
    const value = flagValue(kind, args[nameOf(key)])
    if (value !== undefined) found[key] = value
  }
  return found as DbtFlags
}

function flagValue(kind: Flag['kind'], value: unknown): unknown {
  if (value === undefined || value === null || value === '') return undefined
  if (kind === 'switch') return value === true ? true : undefined
  if (kind === 'list') return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined
  if (kind === 'number') return typeof value === 'number' ? value : undefined
  if (typeof value !== 'object') return String(value)
  // A mask is no value: who retries says the secret again.
  const isMasked = (name: string, one: unknown) =>
    (isSecretName(name) && one === nameMask) || exactJson(one).includes(secretMask)
  const known = Object.entries(value).filter(([name, one]) => !isMasked(name, one))
  return known.length > 0 ? exactJson(Object.fromEntries(known)) : undefined
}
