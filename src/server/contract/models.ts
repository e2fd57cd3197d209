import { z } from 'zod'

/** One line of the tree of models: any resource of the dbt project. */
export const modelEntrySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** model, seed, snapshot, source, exposure, macro, doc … */
  type: z.string(),
  package: z.string(),
  /** From the root of its package. */
  path: z.string(),
  database: z.string().optional(),
  schema: z.string().optional(),
  relation: z.string().optional(),
  materialized: z.string().optional(),
  group: z.string().optional(),
  access: z.string().optional(),
  version: z.string().optional(),
  tags: z.array(z.string()).optional(),
  /** The first line of its description. */
  about: z.string().optional(),
})
export type ModelEntryView = z.infer<typeof modelEntrySchema>

/** GET /api/models · all of them, for tree and search. */
export const modelsSchema = z.object({ models: z.array(modelEntrySchema) })

export const modelLinkSchema = z.object({ id: z.string(), name: z.string(), type: z.string() })
export type ModelLinkView = z.infer<typeof modelLinkSchema>

/** GET /api/models/:id · everything that explains one. */
export const modelDetailSchema = modelEntrySchema.extend({
  /** Markdown, with docs blocks put in. */
  description: z.string(),
  code: z.string().optional(),
  compiledCode: z.string().optional(),
  /** Why there is no compiled code. */
  notCompiled: z.string().optional(),
  asset: z.string().optional(),
  /** What its entry says besides configs: of a metric its type and parameters, of a unit test its rows. */
  definition: z.record(z.string(), z.unknown()),
  config: z.record(z.string(), z.unknown()),
  meta: z.record(z.string(), z.unknown()),
  owner: z.string().optional(),
  contract: z.boolean().optional(),
  latestVersion: z.string().optional(),
  versions: z.array(modelLinkSchema),
  /** As the table has them, and those that YAML describes; `/api/assets/{asset}/fields` tells what they are made of. */
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string().optional(),
      description: z.string().optional(),
      constraints: z.array(z.string()),
      tests: z.array(modelLinkSchema),
    }),
  ),
  tests: z.array(modelLinkSchema.extend({ column: z.string().optional(), severity: z.string() })),
  dependsOn: z.array(modelLinkSchema),
  usedBy: z.array(modelLinkSchema),
  exposures: z.array(modelLinkSchema),
  macros: z.array(modelLinkSchema),
  docsBlocks: z.array(modelLinkSchema),
  /** Of a macro. */
  arguments: z.array(z.object({ name: z.string(), type: z.string().optional(), description: z.string().optional() })),
})
export type ModelDetailView = z.infer<typeof modelDetailSchema>
