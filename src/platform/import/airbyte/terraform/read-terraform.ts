import { dirname, resolve } from 'node:path'
import { isMapping } from '../../../../base/index.js'
import { type AirbyteActor, connectorType, type DeclarativeDefinition } from '../airbyte-facts.js'
import { declarativeActor, manifestOf } from '../declarative-facts.js'
import { catalogOf, connectionOf, type ExportedConnection, type ExportParts } from '../export-parts.js'
import type { TextFile } from '../read-json-export.js'
import { evaluate, type Scope } from './evaluate.js'
import { type Expression, parseHcl, parseTemplate } from './parse.js'
import { refusal } from './tokens.js'

type Mapping = Readonly<Record<string, unknown>>

interface Resource {
  readonly type: string
  readonly name: string
  readonly settings: Mapping
  readonly file: string
  readonly line: number
}

const isOurs = (type: string) => /^airbyte_(source|destination|connection|declarative_source_definition)/.test(type)

/** A data source that says which connector it is, with settings and secrets apart. */
const described = 'airbyte_connector_configuration'

export const isTerraform = (path: string): boolean => /\.tf(\.json)?$/.test(path)

/** Resources of the provider of Airbyte in .tf and .tf.json files. @param all also those that they name @throws IMPORT_FILE_UNREADABLE */
export function readTerraform(all: readonly TextFile[]): ExportParts {
  const files = all.filter(({ path }) => isTerraform(path))
  const variables = new Map<string, { readonly expression: Expression | undefined; readonly isSecret: boolean }>()
  const locals = new Map<string, { readonly expression: Expression; readonly file: string }>()
  const pending: {
    type: string
    name: string
    attributes: ReadonlyMap<string, Expression>
    file: string
    line: number
  }[] = []
  for (const { path: file, text } of files) {
    const isWanted = (type: string, [label = '']: readonly string[]) =>
      type === 'variable' ||
      type === 'locals' ||
      (type === 'resource' && isOurs(label)) ||
      (type === 'data' && label === described)
    const blocks = file.endsWith('.json') ? jsonBlocks(text, file) : parseHcl(text, file, isWanted)
    for (const { type, labels, attributes, line } of blocks) {
      const [first = '', second = ''] = labels
      if (type === 'variable') {
        const sensitive = attributes.get('sensitive')
        variables.set(first, {
          expression: attributes.get('default'),
          isSecret: sensitive?.type === 'value' && sensitive.value === true,
        })
      } else if (type === 'locals') for (const [name, expression] of attributes) locals.set(name, { expression, file })
      else pending.push({ type: first, name: second, attributes, file, line })
    }
  }
  const places = new Set(pending.map(({ type, name }) => `${type}.${name}`))
  const scopeOf = (file: string, within: readonly string[] = []): Scope => ({
    file,
    textOf: (path) => all.find((one) => resolve(one.path) === resolve(dirname(file), path))?.text,
    valueOf: (path) => {
      const [root, name = ''] = path.map(String)
      if (root === 'var') return variableValue(String(name), variables, scopeOf(file, within))
      if (root === 'local' && !within.includes(name)) {
        const local = locals.get(name)
        const value = local && evaluate(local.expression, scopeOf(local.file, [...within, name]))
        return path.slice(2).reduce<unknown>((inner, part) => (inner as Mapping | undefined)?.[part], value)
      }
      if (root === 'path') return name === 'module' ? '.' : undefined
      if (root === 'data') {
        const found = pending.find((one) => one.type === described && path[1] === described && one.name === path[2])
        return found && describedValue(found.type, path, settingsOf(found))
      }
      // A resource is known by its place: its ids are Terraform's.
      return places.has(`${root}.${name}`) ? `${root}.${name}` : undefined
    },
  })
  const settingsOf = ({ type, name, attributes, file, line }: (typeof pending)[number]) => {
    for (const many of ['count', 'for_each'])
      if (attributes.has(many)) throw refusal(file, line, `\`${many}\`, which makes several of ${type}.${name}`)
    const wanted = [...attributes].filter(([setting]) => setting !== 'depends_on' && setting !== 'provider')
    return Object.fromEntries(wanted.map(([setting, one]) => [setting, evaluate(one, scopeOf(file))]))
  }
  return partsOf(pending.map((one): Resource => ({ ...one, settings: settingsOf(one) })))
}

/** What such a data source answers. Its id is that of the connector, which is known by its place. */
function describedValue(type: string, [, , name, part]: readonly (string | number)[], settings: Mapping): unknown {
  if (part === 'configuration_json') return merged(settings.configuration, settings.configuration_secrets)
  return part === 'definition_id' ? `${type}.${name}` : undefined
}

function merged(value: unknown, over: unknown): unknown {
  if (!isMapping(value) || !isMapping(over)) return over ?? value
  const names = new Set([...Object.keys(value), ...Object.keys(over)])
  return Object.fromEntries([...names].map((name) => [name, merged(value[name], over[name])]))
}

/** What Terraform has worked out itself. @throws IMPORT_FILE_UNREADABLE */
export function readTerraformState({ path: file, text }: TextFile): ExportParts {
  const state: unknown = JSON.parse(text)
  const all = isMapping(state) && Array.isArray(state.resources) ? state.resources : []
  const resources = all.filter(isMapping).flatMap(({ mode, type, name, instances }): Resource[] => {
    const isWanted = typeof type === 'string' && (mode === 'managed' ? isOurs(type) : type === described)
    if (!isWanted || !Array.isArray(instances)) return []
    return instances
      .filter(isMapping)
      .flatMap(({ attributes }) =>
        isMapping(attributes) ? [{ type, name: String(name), settings: attributes, file, line: 1 }] : [],
      )
  })
  return partsOf(resources)
}

function variableValue(
  name: string,
  variables: ReadonlyMap<string, { readonly expression: Expression | undefined; readonly isSecret: boolean }>,
  scope: Scope,
): unknown {
  const variable = variables.get(name)
  if (!variable) return undefined
  const { expression, isSecret } = variable
  // What is given when Terraform runs is given by the environment here.
  if (!expression || isSecret) return `\${${name.toUpperCase().replaceAll(/\W/g, '_')}}`
  return evaluate(expression, scope) ?? `\${${name.toUpperCase()}}`
}

/** The same in JSON: `{"resource": {"airbyte_connection": {"shop": {…}}}}`. */
function jsonBlocks(text: string, file: string) {
  const root: unknown = JSON.parse(text)
  const { resource, data, variable, locals } = isMapping(root) ? root : {}
  const entries = (value: unknown) => (isMapping(value) ? Object.entries(value) : [])
  const block = (type: string, labels: readonly string[], body: unknown) => ({
    type,
    labels,
    line: 1,
    attributes: new Map(entries(body).map(([name, one]) => [name, jsonExpression(one, file)] as const)),
  })
  return [
    ...entries(variable).map(([name, body]) => block('variable', [name], body)),
    ...(locals === undefined ? [] : [block('locals', [], locals)]),
    ...entries(resource).flatMap(([type, all]) =>
      isOurs(type) ? entries(all).map(([name, body]) => block('resource', [type, name], body)) : [],
    ),
    ...entries(isMapping(data) ? data[described] : undefined).map(([name, body]) =>
      block('data', [described, name], body),
    ),
  ]
}

function jsonExpression(value: unknown, file: string): Expression {
  if (typeof value === 'string') return parseTemplate(value, file)
  if (Array.isArray(value)) return { type: 'list', items: value.map((one) => jsonExpression(one, file)) }
  if (isMapping(value))
    return {
      type: 'object',
      entries: Object.entries(value).map(([key, one]) => [{ type: 'value', value: key }, jsonExpression(one, file)]),
    }
  return { type: 'value', value: value as number | boolean | null }
}

function partsOf(resources: readonly Resource[]): ExportParts {
  const sources = new Map<string, AirbyteActor>()
  const destinations = new Map<string, AirbyteActor>()
  const connections: ExportedConnection[] = []
  const notes: string[] = []
  const definitions = definitionsOf(resources)
  for (const one of resources) {
    if (isDefinition(one.type)) continue
    const [, role, rest = ''] = /^airbyte_(source|destination|connection)_?(.*)$/.exec(one.type) ?? []
    if (role === 'connection') connections.push(connection(one))
    else if (role === 'source' || role === 'destination') {
      const defined = definitions.get(String(one.settings.definition_id ?? ''))
      const found = actor(one, rest, defined?.image)
      const all = role === 'source' ? sources : destinations
      const end = role === 'source' ? declarativeActor(found, defined?.declarative) : found
      all.set(`${one.type}.${one.name}`, end)
      const id = one.settings[`${role}_id`]
      if (typeof id === 'string') all.set(id, end)
      if (end.type === '' && !end.declarative)
        notes.push(`which connector ${one.type}.${one.name} is was not told: write its image`)
    }
  }
  return { sources, destinations, connections, states: new Map(), notes }
}

const isDefinition = (type: string) => /_definition$/.test(type) || type === described

interface Defined {
  readonly image?: string | undefined
  readonly declarative?: DeclarativeDefinition | undefined
}

/** By their places, and by their ids where those are known. */
function definitionsOf(resources: readonly Resource[]): ReadonlyMap<string, Defined> {
  const found = new Map<string, Defined>()
  for (const { type, name, settings } of resources) {
    if (!isDefinition(type)) continue
    const { docker_repository: repository, docker_image_tag: tag, connector_name: known, connector_version } = settings
    const id = settings.id ?? settings.definition_id
    const image = repository ?? (typeof known === 'string' ? `airbyte/${known}` : undefined)
    const version = tag ?? connector_version ?? 'latest'
    const declarative =
      type === 'airbyte_declarative_source_definition'
        ? {
            name: String(settings.name ?? name),
            from: `Terraform of an Airbyte, definition ${String(id ?? name)}`,
            manifest: manifestOf(settings.manifest),
          }
        : undefined
    const defined = { image: typeof image === 'string' ? `${image}:${String(version)}` : undefined, declarative }
    found.set(`${type}.${name}`, defined)
    if (typeof id === 'string') found.set(id, defined)
  }
  return found
}

function actor({ settings, name }: Resource, rest: string, image: string | undefined): AirbyteActor {
  const { configuration, name: shownName } = settings
  const config = typeof configuration === 'string' ? (JSON.parse(configuration) as unknown) : configuration
  const given = isMapping(config) ? withoutNulls(config) : {}
  const { sourceType, destinationType } = given as Mapping
  const type = String(sourceType ?? destinationType ?? image ?? (rest === 'custom' ? '' : rest))
  return { name: String(shownName ?? name), type: connectorType(type), image, config: given as Mapping }
}

/** The state has what nobody set. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isMapping(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === null ? [] : [[name, withoutNulls(one)]])),
  )
}

function connection({ settings, type, name, file }: Resource): ExportedConnection {
  const given = withoutNulls(settings) as Mapping
  const { schedule, configurations } = given
  const streams = isMapping(configurations) && Array.isArray(configurations.streams) ? configurations.streams : []
  return connectionOf(
    {
      connectionId: String(given.connection_id ?? `${type}.${name}`),
      name: String(given.name ?? name),
      sourceId: given.source_id,
      destinationId: given.destination_id,
      status: given.status ?? 'active',
      namespaceDefinition: given.namespace_definition,
      namespaceFormat: given.namespace_format,
      prefix: given.prefix,
      nonBreakingChangesPreference: given.non_breaking_schema_updates_behavior,
      schedule: isMapping(schedule)
        ? {
            scheduleType: schedule.schedule_type,
            cronExpression: schedule.cron_expression,
            basicTiming: schedule.basic_timing,
          }
        : { scheduleType: 'manual' },
      syncCatalog: catalogOf(streams.map(publicStream)),
    },
    file,
  )
}

const publicStream = (value: unknown): unknown => {
  if (!isMapping(value)) return value
  const { name, namespace, sync_mode, cursor_field, primary_key, selected_fields, mappers, include_files } = value
  return {
    name,
    namespace,
    syncMode: sync_mode,
    cursorField: cursor_field,
    primaryKey: primary_key,
    selectedFields: Array.isArray(selected_fields)
      ? selected_fields.map((one) => ({ fieldPath: isMapping(one) ? one.field_path : [] }))
      : undefined,
    mappers: Array.isArray(mappers) ? mappers.map(mapper) : undefined,
    includeFiles: include_files,
  }
}

/** `{ type: "hashing", mapper_configuration: { hashing: { target_field: … } } }` */
function mapper(value: unknown): unknown {
  if (!isMapping(value)) return value
  const { type, mapper_configuration: configuration } = value
  const inner = isMapping(configuration) ? (Object.values(configuration).find(isMapping) ?? configuration) : {}
  // Encryption has one of two forms within.
  const own = [inner.aes, inner.rsa].find(isMapping) ?? inner
  return { type, mapperConfiguration: camelKeys(own) }
}

function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys)
  if (!isMapping(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camelKeys(one),
    ]),
  )
}
