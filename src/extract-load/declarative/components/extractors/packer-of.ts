import type { Decoder, FieldPath, FieldUse, PackedFields, RecordExtractor } from '../../component-contract.js'
import { PagePacker } from '../../packed/page-packer.js'

/**
 * What is done with the fields of records that are left in their page, as far as nobody looks at them: most of the work of reading JSON or CSV, and of
 * writing JSON again, is not done then. Undefined where somebody may look at any field.
 */
export function packedFields(uses: readonly (FieldUse | undefined)[]): PackedFields | undefined {
  if (!uses.every((use) => use !== undefined)) return undefined
  const all = (which: 'writes' | 'removes') => [...new Set(uses.flatMap((use) => use[which] ?? []))]
  const written = all('writes')
  const read = [...uses.flatMap(({ reads = [] }) => reads), ...written.map((name): FieldPath => [name])]
  // To a record, which is an object, this name is more than a field.
  if (read.some((path) => path.includes('__proto__'))) return undefined
  return { read: outermost(read), written, removed: all('removes') }
}

/** Those that lie within no other one. */
function outermost(paths: readonly FieldPath[]): readonly FieldPath[] {
  const isWithin = (path: FieldPath, other: FieldPath) =>
    path.length > other.length && other.every((key, i) => key === path[i])
  const distinct = [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()]
  return distinct.filter((path) => !distinct.some((other) => isWithin(path, other)))
}

/** Of bodies that are one value of JSON. */
export const packerOf = ({ listPath }: RecordExtractor, { isJson }: Decoder, fields: PackedFields) =>
  listPath && isJson ? new PagePacker(listPath, fields) : undefined

/** Of bodies that are read as they come: what finds the records in them. */
export function packingDecoder(
  { listPath }: RecordExtractor,
  { parsePacked, ...decoder }: Decoder,
  fields: PackedFields,
): Decoder | undefined {
  if (listPath?.length !== 0 || !parsePacked) return undefined
  return { ...decoder, decode: (response) => parsePacked(response.stream(), response, fields) }
}
