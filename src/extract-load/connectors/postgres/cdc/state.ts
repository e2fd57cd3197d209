import { z } from 'zod'

const tableSchema = z.object({
  oid: z.number(),
  /** Another one when the table was written anew. */
  filenode: z.number(),
  /** How many columns it has had so far; a number is never given twice. */
  numbered: z.number(),
  /** Of a partitioned table the parts that hold rows, by their oid, with their filenode. */
  partitions: z.record(z.string(), z.number()).optional(),
  /** Columns that went since the rows were read anew: what was loaded of them is still there. */
  dropped: z.array(z.string()).optional(),
  /** Number, name and type of each column, and the transaction that described it last; states of before have none. */
  columns: z.array(z.tuple([z.number(), z.string(), z.string(), z.string().optional()])),
})
/** A table as the log and its rows were read last. */
export type KnownTable = z.output<typeof tableSchema>

const stateSchema = z.looseObject({
  /** Everything before it is in the table. */
  lsn: z.string().regex(/^[0-9A-F]+\/[0-9A-F]+$/),
  /** Of the server: another one has another log. */
  system: z.string(),
  table: tableSchema,
  /** Set until the log was read beyond the snapshot: what it saw, and where the log was then. */
  snapshot: z.object({ transactions: z.string(), lsn: z.string() }).optional(),
})
/** How far a stream was read from the log. */
export type CdcState = z.output<typeof stateSchema>

/** Undefined for the state of another way to read. */
export const readCdcState = (state: unknown): CdcState | undefined => stateSchema.safeParse(state).data
