import { z } from 'zod'
import { ofType, onType } from './fields.js'

const text = z.string()
const maybeText = z.string().nullish()
const keyPath = z.object({ path: z.array(text) }).transform(({ path }) => path)
const tags = z
  .array(z.object({ key: text, value: text }))
  .default([])
  .transform((all) => Object.fromEntries(all.map(({ key, value }) => [key, value])))
const selection = z.object({ assetSelectionString: maybeText, assetKeys: z.array(keyPath) }).nullish()
const state = z.object({ status: text }).optional()
const message = text.default('no reason given')

export const placesSchema = z.object({
  version: text.default('unknown'),
  repositoriesOrError: z.object({
    __typename: text,
    ...onType('RepositoryConnection', {
      nodes: z.array(z.object({ name: text, location: z.object({ name: text }) })).optional(),
    }),
    ...onType('PythonError', { message }),
  }),
  workspaceOrError: z
    .object({
      ...onType('Workspace', {
        locationEntries: z
          .array(
            z.object({
              name: text,
              locationOrLoadError: z.object({ __typename: text, ...onType('PythonError', { message }) }).nullish(),
            }),
          )
          .optional(),
      }),
    })
    .optional(),
})

export const instanceSchema = z.object({
  instance: ofType(
    'Instance',
    z.object({
      runQueueConfig: z
        .object({ maxConcurrentRuns: z.number().nullish(), tagConcurrencyLimitsYaml: maybeText })
        .nullish(),
      concurrencyLimits: z
        .array(
          ofType(
            'ConcurrencyKeyInfo',
            z.object({
              concurrencyKey: text,
              slotCount: z.number().nullish(),
              limit: z.number().nullish(),
              usingDefaultLimit: z.boolean().nullish(),
            }),
          ),
        )
        .default([]),
      poolConfig: z.object({ defaultPoolLimit: z.number().nullish() }).nullish(),
    }),
  ),
})

const partitionDefinitionSchema = ofType(
  'PartitionDefinition',
  z.object({
    type: text,
    description: text.default(''),
    name: maybeText,
    fmt: maybeText,
    dimensionTypes: z
      .array(
        ofType(
          'DimensionDefinitionType',
          z.object({
            name: text,
            type: text,
            description: text.default(''),
            dynamicPartitionsDefinitionName: maybeText,
          }),
        ),
      )
      .default([]),
  }),
)
export type PartitionDefinition = z.output<typeof partitionDefinitionSchema>

const metadataEntrySchema = ofType(
  'MetadataEntry',
  z.object({
    __typename: text,
    label: text,
    ...onType('TextMetadataEntry', { text: maybeText }),
    ...onType('UrlMetadataEntry', { url: maybeText }),
    ...onType('PathMetadataEntry', { path: maybeText }),
    ...onType('MarkdownMetadataEntry', { mdStr: maybeText }),
    ...onType('JsonMetadataEntry', { jsonString: maybeText }),
    ...onType('IntMetadataEntry', { intRepr: maybeText }),
    ...onType('FloatMetadataEntry', { floatValue: z.number().nullish() }),
    ...onType('BoolMetadataEntry', { boolValue: z.boolean().nullish() }),
    ...onType('CodeReferencesMetadataEntry', {
      codeReferences: z
        .array(
          z.object({
            ...onType('LocalFileCodeReference', { filePath: maybeText, lineNumber: z.number().nullish() }),
            ...onType('UrlCodeReference', { url: maybeText }),
          }),
        )
        .nullish(),
    }),
  }),
)
export type MetadataEntry = z.output<typeof metadataEntrySchema>

const assetNodeSchema = ofType(
  'AssetNode',
  z.object({
    assetKey: keyPath,
    groupName: maybeText,
    description: maybeText,
    computeKind: maybeText,
    kinds: z.array(text).default([]),
    tags,
    owners: z
      .array(
        z.object({
          ...onType('UserAssetOwner', { email: maybeText }),
          ...onType('TeamAssetOwner', { team: maybeText }),
        }),
      )
      .default([]),
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
        ...onType('TimeWindowFreshnessPolicy', {
          failWindowSeconds: z.number().nullish(),
          warnWindowSeconds: z.number().nullish(),
        }),
        ...onType('CronFreshnessPolicy', {
          deadlineCron: maybeText,
          lowerBoundDeltaSeconds: z.number().nullish(),
          timezone: maybeText,
        }),
      })
      .nullish(),
    partitionDefinition: partitionDefinitionSchema.nullish(),
    dependencies: z
      .array(
        ofType(
          'AssetDependency',
          z.object({
            asset: z.object({ assetKey: keyPath }),
            partitionMapping: z.object({ className: text, description: text.default('') }).nullish(),
          }),
        ),
      )
      .default([]),
    configField: z
      .object({
        configType: z.object(
          onType('CompositeConfigType', {
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
        ),
      })
      .nullish(),
    metadataEntries: z.array(metadataEntrySchema).default([]),
    assetChecksOrError: z
      .object(
        onType('AssetChecks', {
          checks: z
            .array(z.object({ name: text, description: maybeText, blocking: z.boolean().default(false) }))
            .default([]),
        }),
      )
      .optional(),
  }),
)
export type AssetNode = z.output<typeof assetNodeSchema>

const scheduleSchema = ofType(
  'Schedule',
  z.object({
    name: text,
    cronSchedule: text,
    executionTimezone: maybeText,
    description: maybeText,
    pipelineName: text,
    tags,
    defaultStatus: text.default('STOPPED'),
    scheduleState: state,
    assetSelection: selection,
  }),
)
export type Schedule = z.output<typeof scheduleSchema>

const sensorSchema = ofType(
  'Sensor',
  z.object({
    name: text,
    sensorType: text.default('UNKNOWN'),
    description: maybeText,
    minIntervalSeconds: z.number().default(30),
    targets: z.array(z.object({ pipelineName: text })).nullish(),
    metadata: z.object({ assetKeys: z.array(keyPath).nullish() }).optional(),
    defaultStatus: text.default('STOPPED'),
    sensorState: state,
    assetSelection: selection,
  }),
)
export type Sensor = z.output<typeof sensorSchema>

const jobSchema = ofType(
  'Job',
  z.object({
    name: text,
    description: maybeText,
    isAssetJob: z.boolean().default(false),
    tags,
    runTags: tags,
    nodeNames: z.array(text).default([]),
  }),
)
export type Job = z.output<typeof jobSchema>

const resourceSchema = ofType(
  'ResourceDetails',
  z.object({
    name: text,
    resourceType: text.default('unknown'),
    // Values may be secrets that were written down: only names are asked for, and of variables what they are called.
    configuredValues: z.array(z.object({ key: text, type: text })).default([]),
    assetKeysUsing: z.array(keyPath).default([]),
    schedulesUsing: z.array(text).default([]),
    sensorsUsing: z.array(text).default([]),
  }),
)
export type Resource = z.output<typeof resourceSchema>

export const repositorySchema = z.object({
  repositoryOrError: z.object({
    __typename: text,
    ...onType('Repository', {
      schedules: z.array(scheduleSchema).default([]),
      sensors: z.array(sensorSchema).default([]),
      jobs: z.array(jobSchema).default([]),
      assetNodes: z.array(assetNodeSchema).default([]),
      allTopLevelResourceDetails: z.array(resourceSchema).default([]),
    }),
    ...onType('PythonError', { message }),
  }),
})

export const partitionsSchema = z.object({
  assetNodeOrError: z.object({
    __typename: text,
    ...onType('AssetNode', {
      partitionKeysByDimension: z.array(z.object({ name: text, partitionKeys: z.array(text) })).default([]),
      // Of what was made the windows are told to the second; a key of a day does not say when its day begins.
      assetPartitionStatuses: z
        .object(
          onType('TimePartitionStatuses', {
            ranges: z.array(z.object({ startTime: z.number().nullish(), startKey: text })).optional(),
          }),
        )
        .optional(),
    }),
  }),
})
