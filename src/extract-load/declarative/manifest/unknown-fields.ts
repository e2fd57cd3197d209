import { didYouMean, formatLocation, isMapping, plural } from '../../../base/index.js'
import type { Mapping } from '../component-contract.js'
import { knownFields } from './known-fields.js'
import type { Places } from './places.js'
import { visitComponents } from './visit-components.js'

const always = new Set(['type', '$parameters', '$ref', '$options', 'name', 'title', 'description'])

/** Fields that are written somewhere and mean nothing there, each with its first place: the CDK passes over them. */
export function unknownFields(root: Mapping, places: Places): string[] {
  const found = new Map<string, Set<string>>()
  visitComponents(root, (component, path) => {
    const known = knownFields(component.type)
    if (!known) return
    for (const key of Object.keys(component)) {
      if (known.has(key) || always.has(key) || !places.isWritten(component, key)) continue
      // Some tools write the parameters into the components as well.
      if (isMapping(component.$parameters) && Object.hasOwn(component.$parameters, key)) continue
      const near = didYouMean(key, [...known])
      const what = `${component.type} has no field \`${key}\`, which is passed over.${near === undefined ? '' : ` ${near}`}`
      const where = found.get(what) ?? new Set()
      found.set(what, where.add(formatLocation(places.locate(root, [...path, key]))))
    }
  })
  return [...found].map(([what, [first, ...more]]) => {
    const others = more.length === 0 ? '' : ` So it is in ${plural(more.length, 'other place')}.`
    return `${first}: ${what}${others}`
  })
}
