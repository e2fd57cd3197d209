import { fieldsQuery, type KnownFields, type Shape, selectionSet } from './fields.js'

const key = 'path'
const keyValue = 'key value'
const selection = `assetSelectionString assetKeys { ${key} }`

const metadataEntry: Shape = {
  type: 'MetadataEntry',
  fields: { __typename: '', label: '' },
  on: {
    TextMetadataEntry: 'text',
    UrlMetadataEntry: 'url',
    PathMetadataEntry: 'path',
    MarkdownMetadataEntry: 'mdStr',
    JsonMetadataEntry: 'jsonString',
    IntMetadataEntry: 'intRepr',
    FloatMetadataEntry: 'floatValue',
    BoolMetadataEntry: 'boolValue',
    CodeReferencesMetadataEntry:
      'codeReferences { ... on LocalFileCodeReference { filePath lineNumber } ... on UrlCodeReference { url } }',
  },
}

const assetNode: Shape = {
  type: 'AssetNode',
  fields: {
    assetKey: key,
    groupName: '',
    description: '',
    computeKind: '',
    kinds: '',
    tags: keyValue,
    owners: { type: 'AssetOwner', fields: {}, on: { UserAssetOwner: 'email', TeamAssetOwner: 'team' } },
    isExecutable: '',
    isObservable: '',
    isAutoCreatedStub: '',
    jobNames: '',
    opName: '',
    graphName: '',
    opVersion: '',
    pools: '',
    backfillPolicy: 'policyType maxPartitionsPerRun',
    automationCondition: 'label expandedLabel',
    internalFreshnessPolicy: {
      type: 'InternalFreshnessPolicy',
      fields: { __typename: '' },
      on: {
        TimeWindowFreshnessPolicy: 'failWindowSeconds warnWindowSeconds',
        CronFreshnessPolicy: 'deadlineCron lowerBoundDeltaSeconds timezone',
      },
    },
    partitionDefinition: {
      type: 'PartitionDefinition',
      fields: {
        type: '',
        description: '',
        name: '',
        fmt: '',
        dimensionTypes: {
          type: 'DimensionDefinitionType',
          fields: { name: '', type: '', description: '', dynamicPartitionsDefinitionName: '' },
        },
      },
    },
    dependencies: {
      type: 'AssetDependency',
      fields: { asset: `assetKey { ${key} }`, partitionMapping: 'className description' },
    },
    configField:
      'configType { ... on CompositeConfigType { fields { name description isRequired isSecret defaultValueAsJson configTypeKey } } }',
    metadataEntries: metadataEntry,
    assetChecksOrError: {
      type: 'AssetChecksOrError',
      fields: { __typename: '' },
      on: { AssetChecks: 'checks { name description blocking }' },
    },
  },
}

const schedule: Shape = {
  type: 'Schedule',
  fields: {
    name: '',
    cronSchedule: '',
    executionTimezone: '',
    description: '',
    pipelineName: '',
    tags: keyValue,
    defaultStatus: '',
    scheduleState: 'status',
    assetSelection: selection,
  },
}

const sensor: Shape = {
  type: 'Sensor',
  fields: {
    name: '',
    sensorType: '',
    description: '',
    minIntervalSeconds: '',
    targets: 'pipelineName',
    metadata: `assetKeys { ${key} }`,
    defaultStatus: '',
    sensorState: 'status',
    assetSelection: selection,
  },
}

const job: Shape = {
  type: 'Job',
  fields: { name: '', description: '', isAssetJob: '', tags: keyValue, runTags: keyValue, nodeNames: '' },
}

const repository: Shape = {
  type: 'Repository',
  fields: {
    schedules: schedule,
    sensors: sensor,
    jobs: job,
    assetNodes: assetNode,
    allTopLevelResourceDetails: {
      type: 'ResourceDetails',
      fields: {
        name: '',
        resourceType: '',
        // Values may be secrets that were written down: only names are asked for, and of variables what they are called.
        configuredValues: 'key type',
        assetKeysUsing: key,
        schedulesUsing: '',
        sensorsUsing: '',
      },
    },
  },
}

const instance: Shape = {
  type: 'Instance',
  fields: {
    runQueueConfig: 'maxConcurrentRuns tagConcurrencyLimitsYaml',
    concurrencyLimits: {
      type: 'ConcurrencyKeyInfo',
      fields: { concurrencyKey: '', slotCount: '', limit: '', usingDefaultLimit: '' },
    },
    poolConfig: 'defaultPoolLimit',
  },
}

const partitionsOf: Shape = {
  type: 'AssetNode',
  fields: {
    partitionKeysByDimension: 'name partitionKeys',
    // Of what was made the windows are told to the second; a key of a day does not say when its day begins.
    assetPartitionStatuses: {
      type: 'AssetPartitionStatuses',
      fields: {},
      on: { TimePartitionStatuses: 'ranges { startTime startKey }' },
    },
  },
}

/** What is asked, one after the other. Each names its operation, so that logs of Dagster tell who asked. */
export const questions = {
  fields: fieldsQuery('MillraceImportFields', [repository, instance, partitionsOf]),

  places: `query MillraceImportPlaces {
  version
  repositoriesOrError {
    __typename
    ... on RepositoryConnection { nodes { name location { name } } }
    ... on PythonError { message }
  }
  workspaceOrError {
    ... on Workspace { locationEntries { name locationOrLoadError { __typename ... on PythonError { message } } } }
  }
}`,

  instance: (known: KnownFields) =>
    `query MillraceImportInstance {\n  instance { __typename ${selectionSet(instance, known)} }\n}`,

  repository: (known: KnownFields) => `query MillraceImportRepository($repository: RepositorySelector!) {
  repositoryOrError(repositorySelector: $repository) {
    __typename
    ... on Repository { ${selectionSet(repository, known)} }
    ... on PythonError { message }
  }
}`,

  partitions: (known: KnownFields) => `query MillraceImportPartitions($asset: AssetKeyInput!) {
  assetNodeOrError(assetKey: $asset) { __typename ... on AssetNode { ${selectionSet(partitionsOf, known)} } }
}`,
} as const
