import { isMapping, redactDeep, secretMask } from '../../../base/index.js'
import type { JsonSchema } from '../../contract.js'
import { withValue } from '../secrets/secret-references.js'
import { registerWrittenSecrets, writtenSecrets } from '../secrets/secret-values.js'

type Settings = Readonly<Record<string, unknown>>

/**
 * Settings as a form may show them: the names of variables stay, and stars stand for what of a secret is written as it is.
 * @param written as the file has them
 */
export function shownSettings(spec: JsonSchema, written: unknown): Settings {
  registerWrittenSecrets(spec, written)
  const masked = writtenSecrets(spec, written).reduce<unknown>(
    (settings, path) => withValue(settings, path, secretMask),
    written,
  )
  return isMapping(masked) ? redactDeep(masked) : {}
}
