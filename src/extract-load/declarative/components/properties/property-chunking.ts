import { z } from 'zod'
import { codePointLength } from '../../../../jinja/index.js'
import type { RecordData } from '../../component-contract.js'
import { groupByKey, groupByKeySchema } from './group-by-key-merge-strategy.js'

export const propertyChunkingSchema = z.looseObject({
  type: z.literal('PropertyChunking').optional(),
  property_limit_type: z.enum(['characters', 'property_count']),
  property_limit: z.int().optional(),
  record_merge_strategy: groupByKeySchema.optional(),
})

export interface PropertyChunking {
  chunks(properties: readonly string[], always: readonly string[], wanted: ReadonlySet<string> | undefined): string[][]
  mergeKey(record: RecordData): string | undefined
}

/** Between two properties of a list there is a comma, and it is encoded. */
const separatorLength = 3

/** Lists of properties that are small enough for one request each. */
export function propertyChunking(definition: z.output<typeof propertyChunkingSchema>): PropertyChunking {
  const limit = definition.property_limit
  const sizeOf = (property: string): number =>
    definition.property_limit_type === 'characters' ? codePointLength(property) + separatorLength : 1

  return {
    mergeKey: groupByKey(definition.record_merge_strategy ?? { key: 'id' }),
    chunks(properties, always, wanted) {
      // Without a limit there is one list, of everything: the CDK does not look at what is wanted then.
      if (!limit) return [[...properties, ...always]]
      const chunks: string[][] = []
      let chunk = [...always]
      let size = 0
      for (const property of properties) {
        if (wanted && !wanted.has(property)) continue
        if (size + sizeOf(property) > limit) {
          chunks.push(chunk)
          chunk = [...always]
          size = 0
        }
        chunk.push(property)
        size += sizeOf(property)
      }
      return [...chunks, chunk]
    },
  }
}
