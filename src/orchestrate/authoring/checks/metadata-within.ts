import {
  type BuiltInOptions,
  boundsText,
  builtInCheck,
  inWords,
  judgedByBounds,
  requireBounds,
  type SomeBounds,
} from './built-in-check.js'
import type { CheckDefinition } from './check.js'
import type { CheckedAsset } from './check-context.js'
import { nameOf, numberIn } from './number-in.js'

/** Whether a number that a materialization tells lies where it should. */
export function metadataWithin<const Of extends CheckedAsset>(
  of: Of,
  options: SomeBounds & BuiltInOptions & { /** Its name in the metadata. */ readonly metadata: string },
): CheckDefinition<Of> {
  const { metadata: name } = options
  requireBounds(`The metadata ${name}`, options)
  const usual = { name: `${nameOf(name)}_within`, description: `Its ${name} is ${boundsText(options)}.` }
  return builtInCheck(of, usual, options, ({ metadata }) => {
    const value = numberIn(metadata, name)
    if (typeof value !== 'number') return { passed: false, message: value.missing }
    return judgedByBounds(value, options, { shown: `${name} is ${inWords(value)}`, name })
  })
}
