import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { connectionSchema } from '../src/extract-load/connections/schema/schema.js'
import { programSettingsSchema } from '../src/extract-load/connector-program/settings.js'
import { sourceSettingsSchema } from '../src/extract-load/connectors/airbyte/settings.js'
import { bigQueryConfigSchema } from '../src/extract-load/connectors/bigquery/config.js'
import { declarativeSettingsSchema } from '../src/extract-load/connectors/declarative/manifest/settings.js'
import { fakerConfigSchema } from '../src/extract-load/connectors/faker/config.js'
import { fileStreamSchema, placesSchema } from '../src/extract-load/connectors/file/config.js'
import { mysqlConfigSchema } from '../src/extract-load/connectors/mysql/config.js'
import { postgresConfigSchema } from '../src/extract-load/connectors/postgres/config.js'
import { connectorOf, listConnectors } from '../src/extract-load/connectors/registry.js'
import { snowflakeConfigSchema } from '../src/extract-load/connectors/snowflake/config.js'
import { fileDestinationSchema } from '../src/extract-load/destinations/file/config.js'
import { warehouseConfigSchema } from '../src/extract-load/destinations/loading-method.js'
import { launcherSchema } from '../src/platform/project/launcher-schema.js'
import { projectSchema } from '../src/platform/project/settings.js'
import { paceSchema } from '../ui/src/pages/connections/edit/pace.js'
import { fences, namesInTable, pageOf, pages } from './support/markdown.js'

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: boolean | Shape
  /** One of several ways to say it. */
  readonly oneOf?: readonly Shape[]
}

/** Every path that a schema lets one write: `server.port`, `streams.<name>.sync_mode`; `leaves` without the groups. */
function paths(schema: z.ZodType): { all: string[]; leaves: string[] } {
  const all: string[] = []
  const leaves: string[] = []
  const visit = (shape: Shape, prefix: string) => {
    const ways = (shape.oneOf ?? []).flatMap((way) => Object.entries(way.properties ?? {}))
    const below = [...new Map([...Object.entries(shape.properties ?? {}), ...ways])]
    if (typeof shape.additionalProperties === 'object' && Object.keys(shape.additionalProperties).length > 0)
      below.push(['<name>', shape.additionalProperties])
    if (prefix !== '') (below.length === 0 ? leaves : all).push(prefix)
    for (const [key, child] of below) visit(child, prefix === '' ? key : `${prefix}.${key}`)
  }
  visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape, '')
  return { all: [...all, ...leaves], leaves }
}

it.each(['retries', 'timeouts'] as const)('the page tells of `%s` as a connection has them', (part) => {
  const told = Object.entries(paceSchema.properties?.[part]?.properties ?? {})
  const usual = connectionSchema.shape[part].parse(undefined)
  expect(Object.fromEntries(told.map(([name, setting]) => [name, setting.default]))).toEqual(usual)
})

describe.each([
  ['millrace.yaml', projectSchema, 'docs/project.md', 'millrace.yaml'],
  ['a run launcher', launcherSchema, 'docs/workers.md', 'Settings of the launcher'],
  ['a connection', connectionSchema, 'docs/connections.md', 'Settings'],
  ['the file connector', fileStreamSchema, 'docs/connectors/file.md', 'Settings of a stream'],
  ['the places of the file connector', placesSchema, 'docs/connectors/file.md', 'Settings of the source'],
  ['the declarative connector', declarativeSettingsSchema, 'docs/connectors/declarative.md', 'Settings of the source'],
  ['an Airbyte source', sourceSettingsSchema, 'docs/connectors/airbyte.md', 'Settings of the source'],
  ['the PostgreSQL connector', postgresConfigSchema, 'docs/connectors/postgres.md', 'Settings of the source'],
  ['the MySQL connector', mysqlConfigSchema, 'docs/connectors/mysql.md', 'Settings of the source'],
  ['the BigQuery connector', bigQueryConfigSchema, 'docs/connectors/bigquery.md', 'Settings of the source'],
  ['the Snowflake connector', snowflakeConfigSchema, 'docs/connectors/snowflake.md', 'Settings of the source'],
  ['the faker connector', fakerConfigSchema, 'docs/connectors/faker.md', 'Settings of the source'],
  ['an Airbyte destination', programSettingsSchema, 'docs/destinations/airbyte.md', 'Settings of the destination'],
  ['the warehouse destination', warehouseConfigSchema, 'docs/destinations/warehouse.md', 'Settings of the destination'],
  ['the file destination', fileDestinationSchema, 'docs/destinations/file.md', 'Settings of the destination'],
] as const)('the settings of %s', (_, schema, path, heading) => {
  const documented = namesInTable(pageOf(path), heading)
  const known = paths(schema)
  // They have a page of their own.
  const elsewhere = 'runs.launcher.'
  it(`are all described in ${path}`, () => {
    expect(known.leaves.filter((setting) => !documented.includes(setting) && !setting.startsWith(elsewhere))).toEqual(
      [],
    )
  })
  it(`are all that ${path} describes`, () => {
    expect(documented.filter((setting) => !known.all.includes(setting))).toEqual([])
  })
})

it('the table of a page is read', () => {
  expect(namesInTable(pageOf('docs/project.md'), 'millrace.yaml')).toContain('server.port')
  expect(paths(connectionSchema).leaves).toContain('streams.<name>.primary_key')
})

/** With a value for every variable, as the environment would give it. */
const filled = (yaml: string) =>
  yaml.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, value?: string) => value ?? name)

const examples = pages().flatMap((page) =>
  fences(page)
    .filter((fence) => fence.language === 'yaml')
    .map((fence) => ({ page: page.path, value: parse(filled(fence.text)) as Record<string, unknown> })),
)

describe('every YAML example is right', () => {
  it('connections', () => {
    const connections = examples.filter(({ value }) => 'source' in value)
    expect(connections.length).toBeGreaterThan(1)
    for (const { page, value } of connections) {
      const { source, streams } = connectionSchema.parse(value)
      const names = connectorOf(source.connector, { folder: 'examples/declarative/extract_load' }).streamNames(
        source.config,
      )
      if (names) expect(names, page).toEqual(expect.arrayContaining(Object.keys(streams ?? {})))
    }
  })
  it('millrace.yaml', () => {
    const projects = examples.filter(({ value }) => 'name' in value && !('source' in value))
    expect(projects.length).toBeGreaterThan(0)
    for (const { value } of projects) projectSchema.parse(value)
  })
})

it('the page of compatibility says of each connector which stage it has', () => {
  const rows = pageOf('docs/compatibility.md').text.matchAll(
    /^\| `([a-z-]+)` \| (source|destination) \| `([a-z_]+)` \|/gm,
  )
  expect([...rows].map(([, name, kind, stage]) => [name, kind, stage])).toEqual(
    listConnectors().map(({ name, kind, releaseStage }) => [name, kind, releaseStage]),
  )
})
