import type { Decoder, FieldUse, RecordExtractor } from '../../contract.js'
import { PagePacker } from '../../packed/page-packer.js'

/**
 * What leaves the records of a page in its body, as far as nobody looks at them: most of the work of reading JSON, and of writing it again, is not
 * done then. Undefined where somebody may look at any field, or where the records are found in another way.
 */
export function packerOf(
  { listPath }: RecordExtractor,
  { decoder, uses }: { readonly decoder: Decoder; readonly uses: readonly (FieldUse | undefined)[] },
): PagePacker | undefined {
  if (!listPath || !decoder.isJson || !uses.every((use) => use !== undefined)) return undefined
  const all = (which: keyof FieldUse) => [...new Set(uses.flatMap((use) => use[which] ?? []))]
  const written = all('writes')
  // To a record, which is an object, this name is more than a field.
  if ([...all('reads'), ...written].includes('__proto__')) return undefined
  return new PagePacker(listPath, {
    read: [...new Set([...all('reads'), ...written])],
    written,
    removed: all('removes'),
  })
}
