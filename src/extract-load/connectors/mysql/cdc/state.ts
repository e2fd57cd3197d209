import { z } from 'zod'
import type { LogPosition } from './log-position.js'

const columnSchema = z.object({
  name: z.string(),
  dataType: z.string(),
  columnType: z.string(),
  precision: z.number(),
  scale: z.number(),
  isJson: z.boolean(),
  charset: z.string().optional(),
})

const stateSchema = z.looseObject({
  /** Everything before it is in the table. '' = only the transactions' numbers say what is. */
  file: z.string(),
  pos: z.number(),
  /** Which file of that name: another server's, or one that was made later, has another log. MySQL's servers have a UUID besides. */
  log: z.object({ server_id: z.number(), created_at: z.number(), server_uuid: z.string().optional() }),
  /** The transactions before it, by their numbers, which are the same on every server: `uuid:1-42` or `0-1-42`. Not where the server has none. */
  gtid: z.string().optional(),
  /** The columns of the table there, as the catalogue had them. The log has no names. */
  columns: z.array(columnSchema),
  /** Names of the columns of its primary key. */
  key: z.array(z.string()),
  /** Names of columns that were dropped since the snapshot; the loaded table still has them. */
  dropped: z.array(z.string()).default([]),
})
/** How far a stream was read from the log. */
export type CdcState = z.output<typeof stateSchema>

/** Undefined for the state of another way to read. */
export const readCdcState = (state: unknown): CdcState | undefined => stateSchema.safeParse(state).data

export const positionOf = ({ file, pos }: CdcState): LogPosition => ({ file, pos })
