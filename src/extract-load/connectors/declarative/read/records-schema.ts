import { isMapping } from '../../../../base/index.js'
import { PyFloat } from '../../../../jinja/index.js'

type Schema = Readonly<Record<string, unknown>>

/**
 * The JSON Schema that records have, each field of which may be missing: the next ones may lack what these have.
 * @param records as `readJson` reads them: 10.0 is a number to it, and a whole number beyond 2^53 an integer
 */
export const schemaOfRecords = (records: readonly Schema[]): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: true,
  properties: propertiesOf(records),
})

function propertiesOf(records: readonly Schema[]): Schema {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))]
  return Object.fromEntries(names.map((name) => [name, schemaOf(records.map((record) => record[name]))]))
}

function schemaOf(values: readonly unknown[]): Schema {
  const found = new Set(values.flatMap((value) => typeOf(value) ?? []))
  if (found.has('number')) found.delete('integer')
  const objects = values.filter((value) => isMapping(value) && !(value instanceof PyFloat)) as Schema[]
  const items = values.filter(Array.isArray).flat()
  return {
    // Of what was null everywhere nothing is known, and a text takes whatever comes.
    type: [...(found.size === 0 ? ['string'] : found), 'null'],
    ...(found.size === 1 && found.has('string') ? formatOf(values) : {}),
    ...(objects.length > 0 ? { additionalProperties: true, properties: propertiesOf(objects) } : {}),
    ...(items.length > 0 ? { items: schemaOf(items) } : {}),
  }
}

const day = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`
const minutes = String.raw`${day}[T ](?:[01]\d|2[0-3]):[0-5]\d`
const seconds = String.raw`:[0-5]\d(?:\.\d+)?`
const zone = String.raw`(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)`
/** What every text of a field may be besides: only what a sync reads as such, for it makes NULL of everything else. */
const formats: readonly (readonly [form: RegExp, more: Schema])[] = [
  [new RegExp(`^${day}$`), { format: 'date' }],
  // Where there is a zone, the warehouse wants seconds.
  [new RegExp(`^${minutes}${seconds}${zone}$`), { format: 'date-time' }],
  [new RegExp(`^${minutes}(?:${seconds})?$`), { format: 'date-time', airbyte_type: 'timestamp_without_timezone' }],
]

function formatOf(values: readonly unknown[]): Schema {
  const texts = values.filter((value) => typeof value === 'string')
  const format = formats.find(([form]) => texts.every((text) => form.test(text)))
  return format && texts.every(beginsWithDay) ? format[1] : {}
}

/** No 31st of February, which the forms let pass. */
function beginsWithDay(text: string): boolean {
  const day = text.slice(0, 10)
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}

function typeOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'bigint') return 'integer'
  if (value instanceof PyFloat) return 'number'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
