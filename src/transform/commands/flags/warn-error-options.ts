import { didYouMean } from '../../../base/index.js'
import { transformErrors } from '../../errors.js'
import { eventCatalogue } from '../../log/catalogue/index.js'
import { neverGiven } from '../../log/never-given.js'
import { v2Names } from '../../log/v2-names.js'
import { deprecations, type Names, noWarnErrorOptions, type WarnErrorOptions } from '../../log/warn-error.js'
import { isMapping } from '../../project/yaml-file.js'

/**
 * `--warn-error-options` and `warn_error_options` below `flags:`. The old names `include` and `exclude` are read too.
 * @throws TRANSFORM_USAGE
 */
export function readWarnErrorOptions(value: unknown): WarnErrorOptions {
  if (value === undefined || value === null) return noWarnErrorOptions
  if (!isMapping(value)) throw invalid('`warn_error_options` must be a mapping with the keys error, warn and silence.')
  const unknown = Object.keys(value).find((key) => !['error', 'include', 'warn', 'exclude', 'silence'].includes(key))
  if (unknown !== undefined) throw invalid(`\`warn_error_options\` has no key '${unknown}'.`)
  const error = oneOf(value, 'error', 'include')
  const options = {
    error: error === 'all' || error === '*' ? ('all' as const) : names(error, 'error'),
    warn: names(oneOf(value, 'warn', 'exclude'), 'warn'),
    silence: names(value.silence, 'silence'),
  }
  const isAbout = (list: 'all' | Names) => list === 'all' || list.includes(deprecations)
  if (options.warn.length > 0 && !isAbout(options.error) && !options.silence.includes(deprecations))
    throw invalid(
      "`warn` can only be specified if `error` is one of ('all', '*') or Deprecations is in `error` or silence.",
    )
  return options
}

function oneOf(value: Record<string, unknown>, name: string, formerly: string): unknown {
  const has = (list: unknown) => (Array.isArray(list) ? list.length > 0 : Boolean(list))
  if (has(value[name]) && has(value[formerly]))
    throw invalid(`Only \`${formerly}\` or \`${name}\` can be specified in \`warn_error_options\`, not both.`)
  return value[name] ?? value[formerly]
}

function names(value: unknown, key: string): Names {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw invalid(`${key} must be one of ('all', '*') or a list of names of warnings.`)
  const known = [...Object.keys(eventCatalogue), ...neverGiven, ...v2Names, deprecations]
  for (const name of value)
    if (!known.includes(String(name)))
      throw invalid(`${String(name)} is not a valid dbt error name.`, didYouMean(String(name), known))
  return value.map(String)
}

const invalid = (message: string, hint?: string) => transformErrors.create('TRANSFORM_USAGE', { message, hint })
