import { z } from 'zod'
import { part } from '../../component.js'

export const declarativeStreamSchema = z.looseObject({
  type: z.literal('DeclarativeStream'),
  name: z.string().optional(),
  retriever: part('retriever'),
  incremental_sync: part('incremental_sync').optional(),
  primary_key: z.union([z.string(), z.array(z.string()), z.array(z.array(z.string()))]).optional(),
  schema_loader: z.union([part('schema_loader'), z.array(part('schema_loader'))]).optional(),
  transformations: z.array(part('transformation')).optional(),
  state_migrations: z.array(part('state_migration')).optional(),
  file_uploader: part('file_uploader').nullish(),
})

export type DeclarativeStreamDefinition = z.infer<typeof declarativeStreamSchema>
