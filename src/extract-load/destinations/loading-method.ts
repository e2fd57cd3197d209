import { z } from 'zod'

/** How rows come into a warehouse that has several ways. */
export const loadingMethods = ['load_job', 'storage_write_api'] as const
export type LoadingMethod = (typeof loadingMethods)[number]

/** `destination.config` of a connection that loads into the project's warehouse. */
export const warehouseConfigSchema = z.strictObject({ loading_method: z.enum(loadingMethods).optional() })
