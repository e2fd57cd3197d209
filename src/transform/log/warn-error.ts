/** Names of events, and `Deprecations` for all of these. */
export type Names = readonly string[]

/** Which warnings are errors, stay warnings, or are not said at all. */
export interface WarnErrorOptions {
  readonly error: 'all' | Names
  readonly warn: Names
  readonly silence: Names
}

export const noWarnErrorOptions: WarnErrorOptions = { error: [], warn: [], silence: [] }

export const deprecations = 'Deprecations'

/** dbt only says these: no option makes an error of them, or silences them. */
const onlySaid: ReadonlySet<string> = new Set(['FreshnessConfigProblem'])

/** Those that were only said until `require_all_warnings_handled_by_warn_error` came. */
export const formerlyOnlySaid: ReadonlySet<string> = new Set([
  'MFConverterIssue',
  'MicrobatchModelNoEventTimeInputs',
  'SemanticValidationFailure',
  'WarnStateTargetEqual',
])

/** A warning of this name: is it an error, is it said? What names it goes before what names its kind, that before all. */
export function fateOf(
  name: string,
  code: string,
  { error, warn, silence }: WarnErrorOptions,
  isWarnError: boolean,
): 'error' | 'warn' | 'silence' {
  if (onlySaid.has(name)) return 'warn'
  const isDeprecation = code.startsWith('D')
  if (silence.includes(name)) return 'silence'
  if (warn.includes(name)) return 'warn'
  if (error !== 'all' && error.includes(name)) return 'error'
  if (isDeprecation && silence.includes(deprecations)) return 'silence'
  if (isDeprecation && warn.includes(deprecations)) return 'warn'
  if (isDeprecation && error !== 'all' && error.includes(deprecations)) return 'error'
  return error === 'all' || isWarnError ? 'error' : 'warn'
}
