import { transformErrors } from '../../errors.js'
import { isMapping } from '../../project/yaml-file.js'
import { osiFiles, type PackageFile } from '../files/files.js'
import type { ParseScope } from '../scope/parse-scope.js'
import { Entry, type EntrySource } from '../yaml/entry.js'
import { osiMetricParams } from './osi-metrics.js'
import { keepSemantic, semanticResource } from './resource.js'
import { addSemanticModel, type SemanticModelParts } from './semantic-models.js'
import type { Metric } from './shapes.js'

const supported = ['0.1.0', '0.1.1']
const dataTypes: Readonly<Record<string, string>> = {
  String: 'string',
  Integer: 'integer',
  Decimal: 'decimal',
  Float: 'float',
  Boolean: 'boolean',
  Date: 'date',
  Time: 'time',
  DateTime: 'datetime',
  DateTimeTz: 'datetime_tz',
  Opaque: 'opaque',
}

/**
 * Documents of the Open Semantic Interchange below osi/ of the root project: their datasets become semantic models of the models
 * whose tables they name, their metrics metrics.
 */
export function parseOsiDocuments(scope: ParseScope): void {
  const { root, tracker, diagnostics } = scope
  for (const file of osiFiles(root))
    if (!tracker.isClean(root, file.original))
      tracker.within(root, file.original, 'semantic_models', () =>
        diagnostics.attempt(() => parseDocument(scope, file), { file: file.original }),
      )
}

function parseDocument(scope: ParseScope, file: PackageFile): void {
  const { root, tracker } = scope
  const source: EntrySource = {
    kind: 'osi',
    name: file.name,
    file: file.original,
    package: root,
    locate: () => ({ file: file.original }),
  }
  const document = new Entry(source, readJson(tracker.text(root, file.original, file.path), file.original))
  const version = document.text('version') ?? '0.1.1'
  if (!supported.includes(version))
    throw document.wrong(`unsupported version '${version}'. Supported versions: ${supported.join(', ')}`, ['version'])
  for (const model of document.entries('semantic_model')) {
    const datasets = model.entries('datasets')
    for (const dataset of datasets) parseDataset(scope, dataset, model)
    for (const metric of model.entries('metrics')) parseMetric(scope, metric, datasets)
  }
}

function readJson(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isMapping(value)) return value
  } catch (cause) {
    throw invalid(file, cause)
  }
  throw invalid(file)
}

const invalid = (file: string, cause?: unknown) =>
  transformErrors.create('TRANSFORM_YAML_INVALID', {
    message: `Failed to parse OSI file '${file}': it is not a JSON object.`,
    at: { file },
    cause,
  })

function parseDataset(scope: ParseScope, dataset: Entry, model: Entry): void {
  const name = dataset.required('name')
  const primary = new Set(dataset.texts('primary_key'))
  const uniqueKeys = (dataset.values.unique_keys as unknown[][] | null | undefined) ?? []
  const unique = new Set(uniqueKeys.flat().map(String))
  const foreign = new Set(
    model.entries('relationships').flatMap((one) => (one.text('from') === name ? one.texts('from_columns') : [])),
  )
  const entities: SemanticModelParts['entities'][number][] = []
  const dimensions: SemanticModelParts['dimensions'][number][] = []
  for (const field of dataset.entries('fields')) {
    const fieldName = field.required('name')
    const expression = expressionOf(field)
    const element = {
      name: fieldName,
      description: field.text('description'),
      label: field.text('label'),
      expr: expression === fieldName ? null : expression,
      config: { meta: {} },
    }
    const type = primary.has(fieldName)
      ? 'primary'
      : unique.has(fieldName)
        ? 'unique'
        : foreign.has(fieldName)
          ? 'foreign'
          : undefined
    // The format says that a dimension is a time, and not how fine it is.
    const isTime = field.entry('dimension')?.flag('is_time') === true
    if (type) entities.push({ ...element, type, role: null })
    else
      dimensions.push({
        ...element,
        type: isTime ? 'time' : 'categorical',
        is_partition: false,
        type_params: isTime ? { time_granularity: 'day', validity_params: null } : null,
        metadata: null,
        datatype: dataTypes[field.text('datatype') ?? ''] ?? null,
      })
  }
  addSemanticModel(scope, dataset, {
    name,
    config: {},
    model: `ref('${modelOf(scope, dataset)}')`,
    description: dataset.text('description'),
    label: null,
    defaults: null,
    primaryEntity: null,
    entities,
    dimensions,
    measures: [],
  })
}

/** The model whose table is `schema.table` or `database.schema.table`. */
function modelOf({ manifest, tracker }: ParseScope, dataset: Entry): string {
  const source = dataset.required('source')
  const parts = source.split('.')
  const [database, schema, alias] =
    parts.length > 2
      ? [parts[0], parts[1], parts.slice(2).join('.')]
      : parts.length === 2
        ? ['', ...parts]
        : ['', '', source]
  const isSame = (a: string | null | undefined, b: string | null | undefined) =>
    (a ?? '').toLowerCase() === (b ?? '').toLowerCase()
  const found = Object.values(manifest.nodes).find(
    (node) =>
      node.resource_type === 'model' &&
      isSame(node.alias, alias) &&
      isSame(node.schema, schema) &&
      isSame(node.database, database),
  )
  if (found) {
    tracker.read(`node:${found.name}`)
    return found.name
  }
  throw dataset.wrong(
    `OSI file contains dataset '${dataset.text('name')}' (${source}) that does not match any dbt model in this project. Each OSI dataset must reference a table managed by a dbt model.`,
    ['source'],
  )
}

function parseMetric(scope: ParseScope, entry: Entry, datasets: readonly Entry[]): void {
  const sources = datasets.map((dataset) => ({
    name: dataset.required('name'),
    fields: dataset
      .entries('fields')
      .map((field) => ({ name: field.required('name'), expression: expressionOf(field) })),
  }))
  for (const { name, type, params, isOwn } of osiMetricParams(entry.required('name'), expressionOf(entry), sources)) {
    const made: Metric = {
      ...semanticResource(scope, entry, 'metric', name, {}),
      description: (isOwn ? entry.text('description') : null) ?? '',
      label: name,
      type,
      type_params: params,
      filter: null,
      time_granularity: null,
      sources: [],
      metrics: [],
      meta: {},
      tags: [],
    }
    keepSemantic(scope, entry, made)
  }
}

/** In standard SQL where that is given, else in whatever dialect stands first. */
function expressionOf(entry: Entry): string {
  const dialects = entry.entry('expression')?.entries('dialects') ?? []
  const found = dialects.find((one) => one.text('dialect') === 'ANSI_SQL') ?? dialects[0]
  return found?.text('expression') ?? ''
}
