import { isDeepStrictEqual } from 'node:util'
import { isMapping, isSecretKey, secretMask, valueAt, visibleSettings } from '../../../base/index.js'
import type { ChangedSettings, JsonSchema } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { shownSettings } from './shown-settings.js'

type Settings = Readonly<Record<string, unknown>>
type Path = readonly (string | number)[]

const stars = /^\*{3,}$/

/**
 * What settings become that somebody sends who was shown the former ones without their secrets: whatever is as it was shown stays as it is
 * written, and stars stand for what is there.
 * @param written as the file has them: with the names of variables where secrets are
 * @param at where they stand in a connection, for errors
 * @throws CONNECTION_INVALID for stars that stand for nothing there is, or in the midst of a text that was changed
 */
export const changedSettings = (
  spec: JsonSchema,
  { config, isPartial }: ChangedSettings,
  written: unknown,
  at: Path,
): Settings => taken(config, { written, shown: shownSettings(spec, written) }, { path: at, isPartial }) as Settings

/** The same place of the settings as they are written, and as they may be shown. */
interface Before {
  readonly written: unknown
  readonly shown: unknown
}

const nothing: Before = { written: undefined, shown: undefined }

function taken(
  sent: unknown,
  before: Before,
  { path, isPartial }: { readonly path: Path; readonly isPartial: boolean },
): unknown {
  if (isMapping(sent)) {
    const changed = Object.fromEntries(
      Object.entries(sent).map(([key, value]) => [
        key,
        taken(value, partOf(before, key), { path: [...path, key], isPartial }),
      ]),
    )
    return isPartial && isMapping(before.written) ? { ...before.written, ...changed } : changed
  }
  if (Array.isArray(sent))
    return sent.map((value, i) => taken(value, itemOf(before, i, sent), { path: [...path, i], isPartial: false }))
  if (isAsShown(sent, before)) return before.written
  if (typeof sent !== 'string' || !(stars.test(sent) || sent.includes(secretMask))) return sent
  const name = path.slice(2).join('.')
  throw extractLoadErrors.create('CONNECTION_INVALID', {
    message: stars.test(sent)
      ? `\`${name}\` is nothing but stars, and there is no secret that they could stand for.`
      : `\`${name}\` was changed around a secret that is not shown.`,
    hint: 'Nothing was written. Type all of it again, or name a variable: ${NAME}.',
    data: { path },
  })
}

function isAsShown(sent: unknown, { written, shown }: Before): boolean {
  if (written === undefined || typeof sent === 'object') return false
  if (sent === shown || typeof sent !== 'string') return sent === shown
  // Clients of Airbyte are shown a little less.
  return stars.test(sent) || (typeof shown === 'string' && sent === visibleSettings({ shown }).shown)
}

const partOf = ({ written, shown }: Before, key: string | number): Before => ({
  written: valueAt(written, [key]),
  shown: valueAt(shown, [key]),
})

/** The entry of a list that one that is sent was: it may have moved, and others may have come and gone. Nothing where that is not certain. */
function itemOf(before: Before, at: number, sent: readonly unknown[]): Before {
  if (!Array.isArray(before.written)) return nothing
  const items = before.written.map((_, i) => partOf(before, i))
  const alike = items.filter((item) => isSame(sent[at], item))
  const [first = nothing, ...others] = alike
  if (others.every(({ written }) => isDeepStrictEqual(written, first.written)) && alike.length > 0) return first
  if (alike.length > 0) {
    // Of those that look alike each stays where it is among them, as long as none is gone.
    const claims = sent.flatMap((one, i) => (isSame(one, first) ? [i] : []))
    return (claims.length < alike.length ? undefined : alike[claims.indexOf(at)]) ?? nothing
  }
  const held = items[at]
  // It was changed in its place, unless what was there is somewhere else now.
  return held && sent.length === items.length && !sent.some((one) => isSame(one, held)) ? held : nothing
}

/** Whether what is sent is the same in all that is shown of it; what is not shown may be left out. */
function isSame(sent: unknown, before: Before): boolean {
  const { written } = before
  if (isMapping(sent))
    return (
      isMapping(written) &&
      Object.entries(sent).every(([key, value]) => isSame(value, partOf(before, key))) &&
      Object.keys(written).every((key) => key in sent || isHidden(key, partOf(before, key)))
    )
  if (Array.isArray(sent))
    return (
      Array.isArray(written) &&
      written.length === sent.length &&
      sent.every((value, i) => isSame(value, partOf(before, i)))
    )
  return sent === written || isAsShown(sent, before)
}

const isHidden = (key: string, { written, shown }: Before) => isSecretKey(key) || !isDeepStrictEqual(written, shown)
