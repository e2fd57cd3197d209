import { didYouMean, isSecretName, registerSecret, toMillraceError } from '../../../base/index.js'
import { PyDict } from '../../../jinja/index.js'
import { isMapping } from '../../project/yaml-file.js'
import { readPythonYaml } from '../../python/values.js'
import { checkCommandLine, type GivenFlag, noSuchFlag, usage } from './check-command-line.js'
import { choicesOf, takesFlag } from './command-table.js'
import type { DbtFlags, Flag } from './dbt-flags.js'
import { flags } from './flag-table.js'

export interface ParsedFlags {
  readonly positional: readonly string[]
  readonly values: DbtFlags
}

type FlagValue = string | number | boolean | readonly string[]

/**
 * Reads dbt's flags, wherever they stand. The environment says the rest, as far as the command takes it.
 * @throws TRANSFORM_USAGE
 */
export function parseFlags(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): ParsedFlags {
  const positional: string[] = []
  const values: Partial<Record<keyof DbtFlags, FlagValue>> = {}
  const given: GivenFlag[] = []
  // Only which spellings there are hangs on it so early: `-s` is another flag of init than of run.
  const likely = commandIn(argv) ?? ''
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string
    if (isWord(arg)) {
      positional.push(arg)
      continue
    }
    if (isVersion(arg)) continue
    const [name, inline] = splitAssignment(arg)
    const flag = flagNamed(name, likely)
    given.push({ flag, name })
    if (['--models', '--model', '-m'].includes(name)) values.models = true
    if (flag.kind === 'switch') {
      if (inline !== undefined) throw usage(`Option '${name}' does not take a value.`, oppositeOf(flag, name))
      values[flag.key] = !flag.off?.includes(name)
      continue
    }
    const texts = inline === undefined ? valuesBehind(argv, i, flag) : [inline]
    if (inline === undefined) i += texts.length
    if (texts.length === 0)
      throw usage(`Option '${name}' requires an argument.`, `For example: ${exampleOf(flag, name)}`)
    const former = flag.kind === 'list' ? ((values[flag.key] as string[] | undefined) ?? []) : []
    values[flag.key] = valueOfFlag(flag, name, texts, positional[0] ?? likely, former)
  }
  const [command = ''] = positional
  if (!asksForVersion(argv)) checkCommandLine(positional, given)
  for (const flag of flags) {
    const value =
      values[flag.key] === undefined && takesFlag(command, flag.key) ? fromEnvironment(flag, env, command) : undefined
    if (value !== undefined) values[flag.key] = value
  }
  return { positional, values: values as DbtFlags }
}

/** What stands in a command line, understood or not, without the values of flags. */
function wordsOf(argv: readonly string[]): string[] {
  const words: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string
    words.push(arg)
    const [name, inline] = splitAssignment(arg)
    const flag = inline === undefined ? flags.find(({ names }) => names.includes(name)) : undefined
    if (flag && flag.kind !== 'switch') i += valuesBehind(argv, i, flag).length
  }
  return words
}

const isWord = (arg: string) => !arg.startsWith('-') || arg === '-'

/** The command of a command line: the first word that belongs to no flag. A target may be called `test`. */
export const commandIn = (argv: readonly string[]): string | undefined => wordsOf(argv).find(isWord)

const isHelp = (arg: string) => arg === '--help' || arg === '-h'
const isVersion = (arg: string) => arg === '--version' || arg === '-V' || arg === '-v'

/** Whether somebody wants to read about a command instead of running it; the value of a flag may be called so too. */
export const asksForHelp = (argv: readonly string[]): boolean => wordsOf(argv).some(isHelp)

/** Whether it is the version that somebody wants to know, whatever else stands there. */
export const asksForVersion = (argv: readonly string[]): boolean => wordsOf(argv).some(isVersion)

/** One value, or as many as stand there before the next flag. */
function valuesBehind(argv: readonly string[], at: number, { kind }: Flag): readonly string[] {
  const isFlag = (text: string) =>
    text.startsWith('-') && flags.some(({ names, off }) => names.includes(text) || off?.includes(text))
  const behind = argv.slice(at + 1)
  // The first value may be anything but a flag, as in dbt: `--vars --version`.
  const end = behind.findIndex((text, i) => (kind === 'list' && i > 0 ? text.startsWith('-') : isFlag(text)))
  const values = end < 0 ? behind : behind.slice(0, end)
  return kind === 'list' ? values : values.slice(0, 1)
}

/** @throws TRANSFORM_USAGE */
function valueOfFlag(
  flag: Flag,
  name: string,
  texts: readonly string[],
  command: string,
  former: readonly string[] = [],
): FlagValue {
  const choices = choicesOf(flag, command)
  if (flag.kind !== 'list') return scalar(flag, name, texts[0] ?? '', choices)
  if (!choices) return [...former, ...texts]
  // `"model seed"` names two, as `model seed` does.
  return [...former, ...texts.flatMap((text) => text.split(/\s+/)).map((text) => chosen(name, text, choices))]
}

/** What an environment variable says of a flag. @throws TRANSFORM_USAGE */
function fromEnvironment(
  flag: Flag,
  env: Readonly<Record<string, string | undefined>>,
  command: string,
): FlagValue | undefined {
  if (flag.env === undefined) return undefined
  const value = env[flag.env]
  if (value === undefined || value === '') return undefined
  const [name = flag.env] = flag.names
  try {
    if (flag.kind !== 'switch') return valueOfFlag(flag, name, [value], command)
    const isOn = /^(1|true|t|yes|y|on)$/i.test(value)
    if (!isOn && !/^(0|false|f|no|n|off)$/i.test(value))
      throw usage(`Invalid value for '${name}': '${value}' is not a valid boolean.`)
    return flag.isEnvOpposite ? !isOn : isOn
  } catch (thrown) {
    throw Object.assign(toMillraceError(thrown), { hint: `It stands in the environment variable ${flag.env}.` })
  }
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

function flagNamed(name: string, command: string): Flag {
  const named = flags.filter(({ names, off }) => names.includes(name) || off?.includes(name))
  const flag = named.find(({ key }) => takesFlag(command, key)) ?? named[0]
  if (flag) return flag
  const reason = Object.hasOwn(refusedFlags, name) ? refusedFlags[name] : undefined
  if (reason !== undefined) throw usage(`${name} is not supported: ${reason}.`)
  throw noSuchFlag(name, command)
}

/** @throws TRANSFORM_USAGE */
function scalar({ kind }: Flag, name: string, value: string, choices: readonly string[] | undefined): string | number {
  if (choices) return chosen(name, value, choices)
  if (kind !== 'number') return value
  if (/^-?\d+$/.test(value)) return Number(value)
  throw usage(`Invalid value for '${name}': '${value}' is not a valid integer.`, `For example ${name} 4.`)
}

/** @throws TRANSFORM_USAGE */
function chosen(name: string, value: string, choices: readonly string[]): string {
  if (choices.includes(value.toLowerCase())) return value.toLowerCase()
  const all = choices.map((one) => `'${one}'`).join(', ')
  throw usage(`Invalid value for '${name}': '${value}' is not one of ${all}.`, didYouMean(value, choices))
}

const oppositeOf = ({ off = [], names: [on = ''] }: Flag, name: string): string =>
  `${name} alone says it${off[0] === undefined || name !== on ? '' : `, ${off[0]} the opposite`}.`

const exampleOf = ({ kind, value = 'name' }: Flag, name: string): string =>
  `${name} ${kind === 'number' ? '4' : `<${value}>`}`

/** `--vars` and `--args` are YAML mappings. Values of secret names are masked from here on. @throws TRANSFORM_USAGE */
export function yamlMapping(text: unknown, flag: string): Record<string, unknown> {
  if (text === undefined) return {}
  let value: unknown
  try {
    value = readPythonYaml(String(text))
    if (value instanceof PyDict) value = value.toJSON()
  } catch {
    value = undefined
  }
  if (isMapping(value)) {
    for (const [name, one] of Object.entries(value)) if (isSecretName(name)) registerSecret(String(one))
    return value
  }
  const message = `Invalid value for '${flag}': String '${String(text)}' is not valid YAML for a mapping.`
  throw usage(message, `For example ${flag} '{key: value}'.`)
}
