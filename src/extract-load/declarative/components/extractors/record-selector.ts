import { z } from 'zod'
import { typeName } from '../../../../jinja/index.js'
import { defineComponent, part } from '../../component.js'
import type { RecordData, RecordFilter, RecordTransformation, RequestPlace } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { packedFields, packerOf, packingDecoder } from './packer-of.js'
import { byFilter, forEach, inTurn } from './refinement.js'
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
    const built = scope.build('record_extractor', definition.extractor, { decoder: given.decoder, stream: given.name })
    const filters = [
      given.clientSideFilter,
      definition.record_filter && scope.build('record_filter', definition.record_filter),
    ].filter((filter): filter is RecordFilter => filter !== undefined)
    const { transformations } = given
    const transformsFirst = definition.transform_before_filtering ?? given.transformsFirst ?? false
    const normalize = schemaNormalizer(definition.schema_normalization, given.schema, scope)

    const transform = forEach((record, place) => {
      for (const each of transformations) each.transform(record, place)
    })
    const filter = inTurn(filters.map(byFilter))
    const steps = transformsFirst ? [transform, filter] : [filter, transform]
    if (given.schema) steps.push(forEach(checkRecord))

    async function* refine(extracted: readonly RecordData[], place: RequestPlace) {
      const normalization = await normalize?.()
      const { records, failure } = inTurn(normalization ? [...steps, forEach(normalization)] : steps)(extracted, place)
      if (records.length > 0) yield records
      if (failure) throw failure.error
    }

    const uses = normalize ? [undefined] : [...filters.map(usesOf), ...transformations.map(usesOf)]
    const fields = given.packedFor && packedFields([...given.packedFor, ...uses])
    const packer = fields && packerOf(built, given.decoder, fields)
    const decoder = fields && packingDecoder(built, given.decoder, fields)
    const extractor = decoder
      ? scope.build('record_extractor', definition.extractor, { decoder, stream: given.name })
      : built

    return {
      isStreamed: extractor.isStreamed,
      uses,
      refine,
      async *select(response, place, tally) {
        const whole = packer?.pack(await response.bytes())
        if (whole) {
          if (tally) tally.extracted += whole.length
          yield* refine(whole, place)
          return
        }
        for await (const extracted of extractor.extract(response, tally)) {
          if (tally) tally.extracted += extracted.length
          yield* refine(extracted, place)
        }
      },
    }
  },
})

const usesOf = ({ uses }: RecordFilter | RecordTransformation) => uses

/** A path that leads to lists within a list, or to texts, finds what no table can hold. */
function checkRecord(record: unknown): void {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    throw failure('API_ANSWER_INVALID', {
      message: `A record is no object but of type \`${typeName(record)}\`.`,
      hint: "Look where the `field_path` of the stream's extractor leads: a `*` that meets lists needs one more `*`.",
      failureType: 'system_error',
    })
}
