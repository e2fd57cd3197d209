import type { Decoder, FieldUse, PackedFields, RecordExtractor } from '../../contract.js'
import { PagePacker } from '../../packed/page-packer.js'

/**
 * What is done with the fields of records that are left in their page, as far as nobody looks at them: most of the work of reading JSON or CSV, and of
 * writing JSON again, is not done then. Undefined where somebody may look at any field.
 */
export function packedFields(uses: readonly (FieldUse | undefined)[]): PackedFields | undefined {
  if (!uses.every((use) => use !== undefined)) return undefined
  const all = (which: keyof FieldUse) => [...new Set(uses.flatMap((use) => use[which] ?? []))]
  const written = all('writes')
  // To a record, which is an object, this name is more than a field.
  if ([...all('reads'), ...written].includes('__proto__')) return undefined
  return { read: [...new Set([...all('reads'), ...written])], written, removed: all('removes') }
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
