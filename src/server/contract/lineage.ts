import { z } from 'zod'

const useSchema = z.enum(['copied', 'transformed', 'aggregated'])
const rowsUseSchema = z.enum(['filter', 'join', 'group'])

/** A column of an asset; of a table that is no asset, `asset` is its name as the SQL has it. */
export const assetFieldSchema = z.object({ asset: z.string(), column: z.string() })
export type AssetFieldRef = z.infer<typeof assetFieldSchema>

const usedFieldSchema = assetFieldSchema.extend({ use: useSchema })

/** GET /api/assets/:key/fields · of which columns an asset makes its own, and who reads them. */
export const assetFieldsSchema = z.object({
  columns: z.array(
    z.object({
      name: z.string(),
      /** The strongest way in which it is made of others; `constant` when it is made of none. */
      use: z.enum(['copied', 'transformed', 'aggregated', 'constant']),
      /** The SQL that makes it. */
      expression: z.string(),
      inputs: z.array(usedFieldSchema),
      outputs: z.array(usedFieldSchema),
      /** Assets whose rows it decides over. */
      rows: z.array(z.object({ asset: z.string(), use: rowsUseSchema })),
      /** Why `inputs` may lack something. */
      unknown: z.string().optional(),
    }),
  ),
  /** False when there may be more columns; `reason` says why nobody knows. */
  isComplete: z.boolean(),
  reason: z.string().optional(),
  /** Columns that decide which rows there are. */
  rows: z.array(assetFieldSchema.extend({ use: rowsUseSchema })),
})
export type AssetFieldsView = z.infer<typeof assetFieldsSchema>

/** GET /api/assets/:key/fields/:column · one field from where it comes from to what is made of it. */
export const fieldTraceSchema = z.object({
  edges: z.array(z.object({ from: assetFieldSchema, to: assetFieldSchema, use: useSchema })),
  /** Assets whose rows the field, or one made of it, decides over. */
  rows: z.array(z.object({ from: assetFieldSchema, asset: z.string(), use: rowsUseSchema })),
  /** Fields whose making is not fully known. */
  unknown: z.array(assetFieldSchema.extend({ reason: z.string() })),
})
export type FieldTraceView = z.infer<typeof fieldTraceSchema>
