import { isList, isPlainMapping } from '../../dpath/index.js'
import { type Convert, convertedTo } from './type-conversion.js'

type Visit = (value: unknown) => void

/** Changes what lies within a value to the types of a JSON schema, in place. What cannot be changed stays as it is. */
export function compileSchemaTypes(schema: Record<string, unknown>): Visit {
  return visitor(schema, schema, new Map())
}

function visitor(schema: unknown, root: Record<string, unknown>, known: Map<object, Visit>): Visit {
  if (!isPlainMapping(schema)) return leave
  const seen = known.get(schema)
  if (seen) return seen
  const visits: Visit[] = []
  const visit: Visit = (value) => {
    for (const each of visits) each(value)
  }
  // A schema may lead back to itself.
  known.set(schema, visit)
  for (const [keyword, inner] of Object.entries(schema)) {
    if (keyword === 'properties' && isPlainMapping(inner)) visits.push(properties(inner, root, known))
    else if (keyword === 'items') visits.push(items(inner, root, known))
    else if (keyword === '$ref' && typeof inner === 'string') visits.push(visitor(referred(inner, root), root, known))
  }
  return visit
}

function properties(schemas: Record<string, unknown>, root: Record<string, unknown>, known: Map<object, Visit>): Visit {
  const fields = Object.entries(schemas).map(([name, schema]) => ({
    name,
    convert: converter(schema),
    visit: visitor(schema, root, known),
  }))
  return (value) => {
    if (!isPlainMapping(value)) return
    for (const { name, convert, visit } of fields) {
      if (!Object.hasOwn(value, name)) continue
      if (convert) value[name] = convert(value[name])
      visit(value[name])
    }
  }
}

function items(schema: unknown, root: Record<string, unknown>, known: Map<object, Visit>): Visit {
  const convert = converter(schema)
  const visit = visitor(schema, root, known)
  return (value) => {
    if (!isList(value)) return
    value.forEach((item, place) => {
      const converted = convert ? convert(item) : item
      value[place] = converted
      visit(converted)
    })
  }
}

const converter = (schema: unknown): Convert | undefined => (isPlainMapping(schema) ? convertedTo(schema) : undefined)

const leave: Visit = () => undefined

/** Within the same schema only: `#/definitions/address`. */
function referred(reference: string, root: Record<string, unknown>): unknown {
  if (!reference.startsWith('#')) return undefined
  const path = decodeURIComponent(reference.slice(1)).split('/').slice(1)
  return path
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (node, key) => (isPlainMapping(node) ? node[key] : isList(node) ? node[Number(key)] : undefined),
      root,
    )
}
