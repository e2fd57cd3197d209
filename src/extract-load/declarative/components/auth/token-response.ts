import type { Mapping } from '../../component-contract.js'
import { failure } from '../../failure.js'

const deepest = 5

/** The value under a name anywhere in the response of an authorization server, the outermost first; undefined where there is none. */
export function valueNamed(data: unknown, name: string, depth = 0): unknown {
  if (depth > deepest)
    throw failure('API_ANSWER_INVALID', {
      message: `The response of the authorization server has no \`${name}\` in its first ${deepest} levels.`,
      hint: 'Look at the names in the authenticator: `access_token_name`, `expires_in_name`, `refresh_token_name`.',
      failureType: 'config_error',
    })
  if (typeof data !== 'object' || data === null) return undefined
  if (!Array.isArray(data) && Object.hasOwn(data, name)) return (data as Mapping)[name] ?? undefined
  for (const value of Object.values(data)) {
    const found = valueNamed(value, name, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}
