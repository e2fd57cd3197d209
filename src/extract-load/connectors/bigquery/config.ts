import { z } from 'zod'
import { readSettings } from '../read-settings.js'

/** Airbyte's names, so that a config moves over as it is. */
export const bigQueryConfigSchema = z.strictObject({
  project_id: z.string().min(1),
  dataset_id: z.string().min(1).optional(),
  credentials_json: z.string().min(1).optional(),
  access_token: z.string().min(1).optional(),
  location: z.string().min(1).optional(),
  maximum_bytes_billed: z.number().int().min(1).optional(),
  api_endpoint: z.string().min(1).optional(),
})
export type BigQueryConfig = z.output<typeof bigQueryConfigSchema>

/** @throws CONNECTION_INVALID */
export const readConfig = (config: Readonly<Record<string, unknown>>, file: string): BigQueryConfig =>
  readSettings('bigquery', bigQueryConfigSchema, config, file)
