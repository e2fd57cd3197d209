import { z } from 'zod'
import { repr, truthy } from '../../../../jinja/index.js'
import type { RecordData } from '../../component-contract.js'
import { failure } from '../../failure.js'

export const groupByKeySchema = z.looseObject({
  type: z.literal('GroupByKeyMergeStrategy').optional(),
  key: z.union([z.string(), z.array(z.string())]),
})

/** By what the parts of a record find each other; undefined for a record that lacks a part of its key. */
export function groupByKey({ key }: z.output<typeof groupByKeySchema>): (record: RecordData) => string | undefined {
  const keys = typeof key === 'string' ? [key] : key
  return (record) => {
    const values = keys.map((name) => (Object.hasOwn(record, name) ? record[name] : null))
    if (!values.every(truthy)) return undefined
    const number = values.find((value) => typeof value !== 'string')
    if (number !== undefined) throw notText(keys, number)
    return values.join(',')
  }
}

const notText = (keys: readonly string[], value: unknown) =>
  failure('MANIFEST_INVALID', {
    message: `Records are joined by ${keys.map((key) => `\`${key}\``).join(', ')}, and one has ${repr(value)} there, which is no text.`,
    hint: 'Make it a text with AddFields, in a field of its own, and join by that.',
    failureType: 'system_error',
  })
