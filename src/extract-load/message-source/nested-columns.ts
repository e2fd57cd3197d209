import { isMapping, type SourceLocation } from '../../base/index.js'
import type { ConfiguredStream, FieldPath, JsonSchema } from '../contract.js'
import { checkPathNames, invalidPath, nameOfPath, nestedPaths } from '../fields/nested-paths.js'
import { type DeclaredColumn, declaredType, onlyBranch } from '../protocol/declared-types.js'

/** The columns that the paths of a stream's key and cursor lead to, in the types that its schema declares. @throws CURSOR_INVALID */
export function nestedColumns(schema: JsonSchema, stream: ConfiguredStream, at?: SourceLocation): DeclaredColumn[] {
  const paths = nestedPaths(stream)
  checkPathNames(stream.name, paths, Object.keys(propertiesOf(schema) ?? {}), at)
  return paths.map((path): DeclaredColumn => {
    const [key = '', ...inside] = path
    const declared = declaredAt(schema, path)
    const invalid = (why: string, hint: string) => invalidPath(stream.name, path, why, hint, at)
    if (declared === 'missing')
      throw invalid('leads nowhere in what the source declares', 'Name fields as `millrace discover` shows them.')
    const isCursor = stream.cursorField !== undefined && nameOfPath(stream.cursorField) === nameOfPath(path)
    const type = declared === undefined ? 'json' : declaredType(declared)
    if (type === 'json' && isCursor)
      throw invalid(
        'is a cursor whose type the source does not declare, so that its values have no order',
        'Choose a cursor that is declared as a number, a date or a text, or leave `cursor_field` to the source.',
      )
    return { key, inside, name: nameOfPath(path), type: type === 'json' ? 'string' : type }
  })
}

/** What a schema says of the end of a path: nothing where it does not say what lies in an object, `missing` where it says something else. */
function declaredAt(schema: JsonSchema, path: FieldPath): JsonSchema | undefined | 'missing' {
  let at: JsonSchema = schema
  for (const [depth, field] of path.entries()) {
    const properties = propertiesOf(at)
    if (properties === undefined) return depth > 0 && declaredType(at) === 'json' ? undefined : 'missing'
    const property = properties[field]
    if (property === undefined) return 'missing'
    at = isMapping(property) ? onlyBranch(property) : {}
  }
  return at
}

function propertiesOf({ properties }: JsonSchema): Readonly<Record<string, unknown>> | undefined {
  return isMapping(properties) && Object.keys(properties).length > 0 ? properties : undefined
}
