import { didYouMean, isSecretName, parsePythonYaml, registerSecret } from '../../../base/index.js'
import { transformErrors } from '../../errors.js'
import { isMapping } from '../../project/yaml-file.js'
import type { DbtFlags, Flag } from './dbt-flags.js'
import { flags } from './flag-table.js'

export interface ParsedFlags {
  readonly positional: readonly string[]
  readonly values: DbtFlags
}

type FlagValue = string | number | boolean | readonly string[]

/** Reads dbt's flags, wherever they stand, and their environment variables. @throws TRANSFORM_USAGE */
export function parseFlags(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): ParsedFlags {
  const positional: string[] = []
  const values: Partial<Record<keyof DbtFlags, FlagValue>> = {}
  for (const flag of flags) {
    const value = fromEnvironment(flag, env)
    if (value !== undefined) values[flag.key] = value
  }
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string
    if (!arg.startsWith('-') || arg === '-') {
      positional.push(arg)
      continue
    }
    const [name, inline] = splitAssignment(arg)
    const flag = flagNamed(name)
    if (['--models', '--model', '-m'].includes(name)) values.models = true
    if (flag.kind === 'switch') values[flag.key] = !flag.off?.includes(name)
    else if (flag.kind === 'list') {
      const list = inline === undefined ? [] : [inline]
      if (inline === undefined)
        while (i + 1 < argv.length && !(argv[i + 1] as string).startsWith('-')) list.push(argv[++i] as string)
      values[flag.key] = [...((values[flag.key] as string[] | undefined) ?? []), ...list]
    } else values[flag.key] = scalar(flag, name, inline ?? argv[++i])
  }
  return { positional, values: values as DbtFlags }
}

/** What an environment variable says of a flag. @throws TRANSFORM_USAGE */
function fromEnvironment(flag: Flag, env: Readonly<Record<string, string | undefined>>): FlagValue | undefined {
  if (flag.env === undefined) return undefined
  const value = env[flag.env]
  if (value === undefined || value === '') return undefined
  if (flag.kind === 'list') return value.split(/\s+/)
  if (flag.kind !== 'switch') return scalar(flag, flag.names[0] ?? flag.env, value)
  const isOn = /^(1|true|t|yes|y|on)$/i.test(value)
  if (!isOn && !/^(0|false|f|no|n|off)$/i.test(value))
    throw transformErrors.create('TRANSFORM_USAGE', {
      message: `Invalid value for '${flag.names[0]}': '${value}' is not a valid boolean.`,
      hint: `It stands in the environment variable ${flag.env}.`,
    })
  return flag.isEnvOpposite ? !isOn : isOn
}

/** Flags of dbt that mean something which is not here; to take them silently would be a lie. */
const refusedFlags: Readonly<Record<string, string>> = {
  '--use-v2-parser': 'there is one parser here',
  '--v2-parser': 'there is one parser here',
  '--upload-to-artifacts-ingest-api': 'nothing is sent to dbt Cloud',
  '--no-inject-ephemeral-ctes': 'ephemeral models always become part of what reads them',
}

/** `--name=value` taken apart. */
function splitAssignment(arg: string): readonly [string, string | undefined] {
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)]
}

function flagNamed(name: string): Flag {
  const flag = flags.find(({ names, off }) => names.includes(name) || off?.includes(name))
  if (flag) return flag
  const reason = Object.hasOwn(refusedFlags, name) ? refusedFlags[name] : undefined
  if (reason !== undefined)
    throw transformErrors.create('TRANSFORM_USAGE', { message: `${name} is not supported: ${reason}.` })
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `No such option: ${name}`,
    hint: didYouMean(
      name,
      flags.flatMap(({ names, off = [] }) => [...names, ...off]),
    ),
  })
}

/** @throws TRANSFORM_USAGE */
function scalar(flag: Flag, name: string, value: string | undefined): string | number {
  if (value === undefined)
    throw transformErrors.create('TRANSFORM_USAGE', { message: `Option '${name}' requires an argument.` })
  if (flag.choices && !flag.choices.includes(value.toLowerCase()))
    throw transformErrors.create('TRANSFORM_USAGE', {
      message: `Invalid value for '${name}': '${value}' is not one of ${flag.choices.map((one) => `'${one}'`).join(', ')}.`,
    })
  if (flag.kind !== 'number') return flag.choices ? value.toLowerCase() : value
  if (/^-?\d+$/.test(value)) return Number(value)
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `Invalid value for '${name}': '${value}' is not a valid integer.`,
    hint: `For example ${name} 4.`,
  })
}

/** `--vars` and `--args` are YAML mappings. Values of secret names are masked from here on. @throws TRANSFORM_USAGE */
export function yamlMapping(text: unknown, flag: string): Record<string, unknown> {
  if (text === undefined) return {}
  let value: unknown
  try {
    value = parsePythonYaml(String(text))
  } catch {
    value = undefined
  }
  if (isMapping(value)) {
    for (const [name, one] of Object.entries(value)) if (isSecretName(name)) registerSecret(String(one))
    return value
  }
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `Invalid value for '${flag}': String '${String(text)}' is not valid YAML for a mapping.`,
    hint: `For example ${flag} '{key: value}'.`,
  })
}
