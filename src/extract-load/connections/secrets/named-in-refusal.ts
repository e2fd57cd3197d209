import { type ErrorJson, errorFromJson, toMillraceError } from '../../../base/index.js'
import type { Connection } from '../../contract.js'

/** Of sources that do not accept their settings, or the credentials in them. */
const refusals: ReadonlySet<string> = new Set(['API_REFUSED', 'SOURCE_REFUSED', 'SOURCE_CONFIG_REFUSED'])

const placesOf = {
  environment: 'of the environment',
  secrets: 'a stored secret',
  default: 'its default',
} as const

/** The error of a source that refuses its settings, with the names of the variables that they have their values from. */
export function withNamedVariables(error: ErrorJson, { sourceVariables = [] }: Connection): ErrorJson {
  if (!refusals.has(error.code) || sourceVariables.length === 0) return error
  const named = sourceVariables.map(({ name, from }) => `${name} (${placesOf[from]})`).join(', ')
  return { ...error, hint: [error.hint, `The settings of the source name ${named}.`].filter(Boolean).join(' ') }
}

/** The same of an error that a source threw. */
export function namingVariables(thrown: unknown, connection: Connection): unknown {
  const error = toMillraceError(thrown).toJSON()
  const named = withNamedVariables(error, connection)
  return named === error ? thrown : errorFromJson(named)
}
