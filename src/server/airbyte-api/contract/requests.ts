import { z } from 'zod'

/** Bodies as Airbyte's clients send them; what else they hold is not looked at. */
export const tokenRequestSchema = z.object({ client_id: z.string(), client_secret: z.string().min(1) })

export const applicationSchema = z.object({ name: z.string() })

export const jobCreateSchema = z.object({
  connectionId: z.string(),
  jobType: z.enum(['sync', 'refresh', 'clear', 'reset']),
})

/** What a connection may be told here; what else is asked for would change its file. */
export const connectionPatchSchema = z.looseObject({ status: z.enum(['active', 'inactive']).optional() })

export const connectionIdSchema = z.object({ connectionId: z.string() })
export const sourceIdSchema = z.object({ sourceId: z.string() })
export const destinationIdSchema = z.object({ destinationId: z.string() })
export const workspaceIdSchema = z.object({ workspaceId: z.string() })
export const jobIdSchema = z.object({ id: z.coerce.number().int().positive() })
export const sourceDefinitionIdSchema = z.object({ sourceDefinitionId: z.string() })
export const destinationDefinitionIdSchema = z.object({ destinationDefinitionId: z.string() })

export const jobListSchema = z.object({
  configTypes: z.array(z.string()).optional(),
  configId: z.string().optional(),
  pagination: z
    .object({ pageSize: z.number().int().min(1).max(1000).optional(), rowOffset: z.number().int().min(0).optional() })
    .optional(),
})
