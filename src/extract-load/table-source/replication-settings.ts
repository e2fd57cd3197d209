import { z } from 'zod'
import type { CdcStart } from '../connectors/connector.js'
import type { JsonSchema } from '../contract.js'
import { extractLoadErrors } from '../errors.js'

const gapBehaviors = ['Fail sync', 'Re-sync data'] as const

/** What every database whose log is read is asked besides its own settings. Airbyte's names. */
export const gapShape = { invalid_cdc_cursor_position_behavior: z.enum(gapBehaviors).default('Fail sync') }
export type GapSettings = z.output<z.ZodObject<typeof gapShape>>

/** What people and forms are told of it. */
export const gapSpec = (order: number): JsonSchema => ({
  invalid_cdc_cursor_position_behavior: {
    type: 'string',
    title: 'When changes are lost',
    description:
      'What to do when the server no longer has what changed since the last sync: fail, or read the tables anew.',
    enum: gapBehaviors,
    default: 'Fail sync',
    order,
  },
})

interface ReplicationWords {
  readonly description: string
  readonly order: number
  readonly example: Readonly<Record<string, unknown>>
  /** How the method is written that is none. */
  readonly standard: JsonSchema
  /** Ways that need no more settings. */
  readonly others?: readonly { readonly title: string; readonly description: string; readonly method: string }[]
  /** The way by the log. */
  readonly cdc: { readonly description: string; readonly required: readonly string[]; readonly properties: JsonSchema }
}

/** What people and forms are told about `replication_method`. */
export const replicationSpec = ({
  description,
  order,
  example,
  standard,
  others = [],
  cdc,
}: ReplicationWords): JsonSchema => ({
  type: 'object',
  title: 'Replication method',
  description,
  order,
  default: { method: 'Standard' },
  examples: [example],
  oneOf: [
    {
      type: 'object',
      title: 'Cursor',
      description: 'Rows whose cursor column is at or above the last value; deleted rows are not noticed.',
      required: ['method'],
      additionalProperties: false,
      properties: { method: { type: 'string', ...standard, order: 0 } },
    },
    ...others.map(({ method, ...told }) => ({
      type: 'object',
      ...told,
      required: ['method'],
      additionalProperties: false,
      properties: { method: { type: 'string', const: method, order: 0 } },
    })),
    {
      type: 'object',
      title: 'Change data capture',
      description: cdc.description,
      required: ['method', ...cdc.required],
      additionalProperties: false,
      properties: { method: { type: 'string', const: 'CDC', order: 0 }, ...cdc.properties },
    },
  ],
})

/** What becomes of a stream when the log no longer has what changed since. @param advice besides what can be done anyhow */
export function startAfterGap(
  stream: string,
  gap: string,
  { invalid_cdc_cursor_position_behavior: behavior }: GapSettings,
  advice?: string,
): CdcStart {
  if (behavior === 'Re-sync data')
    return { type: 'snapshot', why: `what changed since the last sync is lost, because ${gap}` }
  const hint =
    'Read it anew with --full-refresh (the old table stays until the new one is there), or set `invalid_cdc_cursor_position_behavior: Re-sync data` to have that done at once.'
  const error = extractLoadErrors.create('CDC_POSITION_LOST', {
    message: `What changed in \`${stream}\` since the last sync is lost: ${gap}.`,
    hint: advice === undefined ? hint : `${hint} ${advice}`,
  })
  return { type: 'refused', error }
}
