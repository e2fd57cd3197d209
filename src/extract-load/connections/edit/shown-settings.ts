import { isDeepStrictEqual } from 'node:util'
import { isMapping, redactDeep, secretMask, valueAt } from '../../../base/index.js'
import type { JsonSchema } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { withValue } from '../secrets/secret-references.js'
import { registerWrittenSecrets, writtenSecrets } from '../secrets/secret-values.js'

type Settings = Readonly<Record<string, unknown>>
type Path = readonly (string | number)[]

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

/**
 * What a form makes of settings that it was shown: whatever is as it was shown stays as it is written, secrets among it.
 * @throws CONNECTION_INVALID for stars that stand for nothing there is
 */
export const settingsFromForm = (spec: JsonSchema, sent: Settings, written: unknown): Settings =>
  restored(sent, { written, shown: shownSettings(spec, written) }, []) as Settings

interface Before {
  readonly written: unknown
  readonly shown: unknown
}

function restored(sent: unknown, before: Before, path: Path): unknown {
  if (isDeepStrictEqual(sent, before.shown)) return before.written
  if (isMapping(sent))
    return Object.fromEntries(
      Object.entries(sent).map(([key, value]) => [key, restored(value, partOf(before, key), [...path, key])]),
    )
  if (Array.isArray(sent)) return sent.map((value, i) => restored(value, itemOf(before, value, i, sent), [...path, i]))
  if (typeof sent !== 'string' || !sent.includes(secretMask)) return sent
  throw extractLoadErrors.create('CONNECTION_INVALID', {
    message: `\`${path.join('.')}\` was changed around a secret that is not shown.`,
    hint: 'Nothing was written. Type all of it again, or name a variable: ${NAME}.',
    data: { path: ['source', 'config', ...path] },
  })
}

const partOf = ({ written, shown }: Before, key: string | number): Before => ({
  written: valueAt(written, [key]),
  shown: valueAt(shown, [key]),
})

/** An entry of a list that moved is known by what it shows; one that was changed only where no other one came or went. */
function itemOf(before: Before, sent: unknown, at: number, all: readonly unknown[]): Before {
  if (!Array.isArray(before.shown)) return { written: undefined, shown: undefined }
  const moved = before.shown.findIndex((one) => isDeepStrictEqual(one, sent))
  // Of two that look alike each stays where it is.
  if (moved >= 0) return partOf(before, isDeepStrictEqual(before.shown[at], sent) ? at : moved)
  return before.shown.length === all.length ? partOf(before, at) : { written: undefined, shown: undefined }
}
