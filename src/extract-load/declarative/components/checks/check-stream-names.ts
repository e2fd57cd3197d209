import type { Mapping } from '../../component-contract.js'
import { failure } from '../../failure.js'

const key = '__airbyte_check_stream_names'

/** The streams that Airbyte's platform wants to have checked; undefined where it does not say. */
export function checkStreamNames(config: Mapping): readonly string[] | undefined {
  const names = config[key]
  if (names === undefined || (Array.isArray(names) && names.length === 0)) return undefined
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `\`${key}\` is no list of names.`,
    hint: 'Take it out of the settings.',
    failureType: 'system_error',
  })
}
