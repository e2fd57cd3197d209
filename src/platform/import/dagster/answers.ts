import { z } from 'zod'

const text = z.string()
const maybeText = z.string().nullish()
const keyPath = z.object({ path: z.array(text) }).transform(({ path }) => path)
const tags = z
  .array(z.object({ key: text, value: text }))
  .default([])
  .transform((all) => Object.fromEntries(all.map(({ key, value }) => [key, value])))
const selection = z.object({ assetSelectionString: maybeText, assetKeys: z.array(keyPath) }).nullish()
const state = z.object({ status: text }).optional()

export const placesSchema = z.object({
  version: text.default('unknown'),
  repositoriesOrError: z.union([
    z.object({
      __typename: z.literal('RepositoryConnection'),
      nodes: z.array(z.object({ name: text, location: z.object({ name: text }) })),
    }),
    z.object({ __typename: text, message: text.default('no reason given') }),
  ]),
  workspaceOrError: z
    .object({
      locationEntries: z
        .array(
          z.object({
            name: text,
            locationOrLoadError: z.object({ __typename: text, message: text.optional() }).nullish(),
          }),
        )
        .optional(),
    })
    .optional(),
})

export const instanceSchema = z.object({
  instance: z.object({
    runQueueConfig: z
      .object({ maxConcurrentRuns: z.number().nullish(), tagConcurrencyLimitsYaml: maybeText })
      .nullish(),
    concurrencyLimits: z
      .array(
        z.object({
          concurrencyKey: text,
          slotCount: z.number().nullish(),
          limit: z.number().nullish(),
          usingDefaultLimit: z.boolean().nullish(),
        }),
      )
      .default([]),
    poolConfig: z.object({ defaultPoolLimit: z.number().nullish() }).nullish(),
  }),
})

const partitionDefinitionSchema = z.object({
  type: text,
  description: text.default(''),
  name: maybeText,
  fmt: maybeText,
  dimensionTypes: z
    .array(
      z.object({
        name: text,
        type: text,
        description: text.default(''),
        dynamicPartitionsDefinitionName: maybeText,
      }),
    )
    .default([]),
})
export type PartitionDefinition = z.output<typeof partitionDefinitionSchema>

const metadataEntrySchema = z.object({
  __typename: text,
  label: text,
  text: maybeText,
  url: maybeText,
  path: maybeText,
  mdStr: maybeText,
  jsonString: maybeText,
  intRepr: maybeText,
  floatValue: z.number().nullish(),
  boolValue: z.boolean().nullish(),
  codeReferences: z
    .array(z.object({ filePath: maybeText, lineNumber: z.number().nullish(), url: maybeText }))
    .nullish(),
})
export type MetadataEntry = z.output<typeof metadataEntrySchema>

const assetNodeSchema = z.object({
  assetKey: keyPath,
  groupName: maybeText,
  description: maybeText,
  computeKind: maybeText,
  kinds: z.array(text).default([]),
  tags,
  owners: z.array(z.object({ email: maybeText, team: maybeText })).default([]),
  isExecutable: z.boolean().default(true),
  isObservable: z.boolean().default(false),
  isAutoCreatedStub: z.boolean().default(false),
  jobNames: z.array(text).default([]),
  opName: maybeText,
  graphName: maybeText,
  opVersion: maybeText,
  pools: z.array(text).nullish(),
  backfillPolicy: z.object({ policyType: text, maxPartitionsPerRun: z.number().nullish() }).nullish(),
  automationCondition: z.object({ label: maybeText, expandedLabel: z.array(text).default([]) }).nullish(),
  internalFreshnessPolicy: z
    .object({
      __typename: text,
      failWindowSeconds: z.number().nullish(),
      warnWindowSeconds: z.number().nullish(),
      deadlineCron: maybeText,
      lowerBoundDeltaSeconds: z.number().nullish(),
      timezone: maybeText,
    })
    .nullish(),
  partitionDefinition: partitionDefinitionSchema.nullish(),
  dependencies: z
    .array(
      z.object({
        asset: z.object({ assetKey: keyPath }),
        partitionMapping: z.object({ className: text, description: text.default('') }).nullish(),
      }),
    )
    .default([]),
  configField: z
    .object({
      configType: z.object({
        fields: z
          .array(
            z.object({
              name: text,
              description: maybeText,
              isRequired: z.boolean().default(false),
              isSecret: z.boolean().nullish(),
              defaultValueAsJson: maybeText,
              configTypeKey: text.default('Any'),
            }),
          )
          .optional(),
      }),
    })
    .nullish(),
  metadataEntries: z.array(metadataEntrySchema).default([]),
  assetChecksOrError: z
    .object({
      checks: z
        .array(z.object({ name: text, description: maybeText, blocking: z.boolean().default(false) }))
        .default([]),
    })
    .optional(),
})
export type AssetNode = z.output<typeof assetNodeSchema>

const scheduleSchema = z.object({
  name: text,
  cronSchedule: text,
  executionTimezone: maybeText,
  description: maybeText,
  pipelineName: text,
  tags,
  defaultStatus: text.default('STOPPED'),
  scheduleState: state,
  assetSelection: selection,
})
export type Schedule = z.output<typeof scheduleSchema>

const sensorSchema = z.object({
  name: text,
  sensorType: text.default('UNKNOWN'),
  description: maybeText,
  minIntervalSeconds: z.number().default(30),
  targets: z.array(z.object({ pipelineName: text })).nullish(),
  metadata: z.object({ assetKeys: z.array(keyPath).nullish() }).optional(),
  defaultStatus: text.default('STOPPED'),
  sensorState: state,
  assetSelection: selection,
})
export type Sensor = z.output<typeof sensorSchema>

const jobSchema = z.object({
  name: text,
  description: maybeText,
  isAssetJob: z.boolean().default(false),
  tags,
  runTags: tags,
  nodeNames: z.array(text).default([]),
})
export type Job = z.output<typeof jobSchema>

const resourceSchema = z.object({
  name: text,
  resourceType: text.default('unknown'),
  configuredValues: z.array(z.object({ key: text, type: text })).default([]),
  assetKeysUsing: z.array(keyPath).default([]),
  schedulesUsing: z.array(text).default([]),
  sensorsUsing: z.array(text).default([]),
})
export type Resource = z.output<typeof resourceSchema>

export const repositorySchema = z.object({
  repositoryOrError: z.union([
    z.object({
      __typename: z.literal('Repository'),
      schedules: z.array(scheduleSchema).default([]),
      sensors: z.array(sensorSchema).default([]),
      jobs: z.array(jobSchema).default([]),
      assetNodes: z.array(assetNodeSchema).default([]),
      allTopLevelResourceDetails: z.array(resourceSchema).default([]),
    }),
    z.object({ __typename: text, message: text.default('no reason given') }),
  ]),
})

export const partitionsSchema = z.object({
  assetNodeOrError: z.object({
    __typename: text,
    partitionKeysByDimension: z.array(z.object({ name: text, partitionKeys: z.array(text) })).default([]),
    assetPartitionStatuses: z
      .object({ ranges: z.array(z.object({ startTime: z.number().nullish(), startKey: text })).optional() })
      .optional(),
  }),
})
