import { z } from 'zod'
import { typeName } from '../../../../jinja/index.js'
import { extractLoadErrors } from '../../../errors.js'
import { defineComponent, part } from '../../component.js'
import type { RecordData, RecordFilter } from '../../contract.js'
import { schemaNormalizer } from './schema-normalization.js'

/** Finds the records of a response, drops those that nobody wants, and makes the others what they are to be. */
export const recordSelector = defineComponent({
  type: 'RecordSelector',
  kind: 'record_selector',
  schema: z.looseObject({
    extractor: part('record_extractor'),
    record_filter: part('record_filter').optional(),
    schema_normalization: z.union([z.enum(['Default', 'None']), part('schema_normalization')]).optional(),
    transform_before_filtering: z.boolean().optional(),
  }),
  build(definition, scope, given) {
    const extractor = scope.build('record_extractor', definition.extractor, { decoder: given.decoder })
    const filters = [
      given.clientSideFilter,
      definition.record_filter && scope.build('record_filter', definition.record_filter),
    ].filter((filter): filter is RecordFilter => filter !== undefined)
    const { transformations } = given
    const transformsFirst = definition.transform_before_filtering ?? given.transformsFirst ?? false
    const normalize = schemaNormalizer(definition.schema_normalization, given.schema, scope)

    const transform = (records: readonly RecordData[], place: Parameters<RecordFilter['filter']>[1]): void => {
      for (const record of records) for (const each of transformations) each.transform(record, place)
    }

    const refine: ReturnType<typeof scope.build<'record_selector'>>['refine'] = async (extracted, place) => {
      let records = extracted
      if (transformsFirst) transform(records, place)
      for (const filter of filters) records = filter.filter(records, place)
      if (!transformsFirst) transform(records, place)
      if (given.schema) checkRecords(records)
      return normalize ? normalize(records) : records
    }

    return {
      isStreamed: extractor.isStreamed,
      refine,
      async *select(response, place, tally) {
        for await (const extracted of extractor.extract(response, tally)) {
          if (tally) tally.extracted += extracted.length
          const records = await refine(extracted, place)
          if (records.length > 0) yield records
        }
      },
    }
  },
})

/** A path that leads to lists within a list, or to texts, finds what no table can hold. */
function checkRecords(records: readonly unknown[]): void {
  for (const record of records)
    if (typeof record !== 'object' || record === null || Array.isArray(record))
      throw extractLoadErrors.create('API_ANSWER_INVALID', {
        message: `A record is no object but of type \`${typeName(record)}\`.`,
        hint: "Look where the `field_path` of the stream's extractor leads: a `*` that meets lists needs one more `*`.",
      })
}
