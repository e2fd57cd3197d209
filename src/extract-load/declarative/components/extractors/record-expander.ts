import { z } from 'zod'
import type { BuildScope } from '../../component.js'
import { defineComponent, part } from '../../component.js'
import type { RecordData } from '../../component-contract.js'
import { compileValues, isList, isPlainMapping } from '../../dpath/index.js'
import { deepCopy } from '../../values/deep-copy.js'
import { parentField, parentFieldPathSchema } from './parent-field-path.js'
import { truncation } from './truncation.js'
import { compileWithoutList } from './without-list.js'

const schema = z.looseObject({
  expand_records_from_field: z.array(z.string()),
  remain_original_record: z.boolean().optional(),
  parent_fields: z.array(parentFieldPathSchema).optional(),
  merge_parent: z.boolean().optional(),
  on_no_records: z.enum(['skip', 'emit_parent']).optional(),
  truncation_indicator_path: z.array(z.string()).optional(),
  truncated_list_retriever: part('retriever').optional(),
})

/** Makes a record of each item of a list that lies within a record. */
export const recordExpander = defineComponent({
  type: 'RecordExpander',
  kind: 'record_expander',
  schema,
  build(definition, scope) {
    const path = definition.expand_records_from_field.map((segment) => scope.interpolation.value(segment)())
    if (path.length === 0) return { expand: (records) => once(records) }
    const listsAt = compileValues(path)
    const itemOf = itemMaker(definition, path, scope)
    const missing = truncation(definition, path, scope)

    async function* itemsElsewhere(record: RecordData, make: (item: unknown) => RecordData) {
      let count = 0
      for await (const items of missing.fetch?.(record) ?? []) {
        count += items.length
        yield items.map(make)
      }
      await missing.fetched(record, count)
    }

    return {
      async *expand(records) {
        let batch: RecordData[] = []
        try {
          for (const record of records) {
            if (!isPlainMapping(record)) {
              batch.push(record)
              continue
            }
            const make = itemOf(record)
            const isTruncated = missing.isTruncated(record)
            let hasItems = false
            if (isTruncated && missing.fetch) {
              if (batch.length > 0) yield batch
              batch = []
              for await (const items of itemsElsewhere(record, make)) {
                hasItems ||= items.length > 0
                yield items
              }
            }
            if (hasItems) continue
            const items = listsAt(record).filter(isList).flat()
            if (isTruncated) await missing.notFetched(record, items.length)
            for (const item of items) batch.push(make(item))
            if (items.length === 0 && definition.on_no_records === 'emit_parent') batch.push(record)
          }
        } catch (error) {
          // What was made before it counts.
          if (batch.length > 0) yield batch
          throw error
        }
        if (batch.length > 0) yield batch
      },
    }
  },
})

async function* once(records: readonly RecordData[]): AsyncGenerator<readonly RecordData[]> {
  yield records
}

/** The parent lies below the item's own fields, its named fields lie over them, and the whole of it is added last. */
function itemMaker(definition: z.output<typeof schema>, path: readonly unknown[], { interpolation }: BuildScope) {
  const { remain_original_record, merge_parent, parent_fields = [] } = definition
  const copyFields = parent_fields.map((field) => parentField(field, interpolation))
  const withoutList = merge_parent ? compileWithoutList(path) : undefined
  const hasContext = Boolean(remain_original_record || merge_parent) || parent_fields.length > 0
  return (parent: RecordData) => {
    const base = withoutList?.(parent)
    return (item: unknown): RecordData => {
      if (!isPlainMapping(item) && !hasContext) return item as RecordData
      const own = isPlainMapping(item) ? item : { value: item }
      const record = { ...(base ? (deepCopy(base) as RecordData) : {}), ...own }
      for (const copy of copyFields) copy(parent, record)
      if (remain_original_record) record.original_record = deepCopy(parent)
      return record
    }
  }
}
