import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SecretsView } from '../../src/server/contract/index.js'
import { eventually, millrace, removeProject, startUp, temporaryProject } from '../support/millrace.js'

let dir: string
let up: Awaited<ReturnType<typeof startUp>>
let base: string
let workspaceId: string
beforeAll(async () => {
  dir = await temporaryProject({ 'data/orders.csv': 'id,total\n1,10\n2,20\n' })
  up = await startUp(dir, { env: { CRM_PASSWORD: 'right-password' } })
  const found = await eventually('the address', () => /it at (http:\/\/localhost:\d+)/.exec(up.output())?.[1])
  base = `${found}/api/public/v1`
  workspaceId = (await ask('GET', '/workspaces')).body.data[0].workspaceId
})
afterAll(async () => {
  await up.stop()
  await removeProject(dir)
})

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into as clients do, by name
type Answer = { readonly status: number; readonly body: any }

async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}
const fileOf = (name: string) => readFileSync(join(dir, 'extract_load', `${name}.yaml`), 'utf8')

/** With what the typed client of airbyte-api 1.0.1 sends along without being told. */
const faker = (more: object) => ({
  always_updated: true,
  parallelism: 4,
  records_per_slice: 1000,
  seed: 3,
  sourceType: 'faker',
  ...more,
})

it('a source, a destination and a connection are made, changed, run and taken away, as clients and Terraform do', async () => {
  const source = await ask('POST', '/sources', {
    name: 'People, made up',
    workspaceId,
    configuration: faker({ count: 5 }),
  })
  expect([source.status, source.body.name, source.body.sourceType]).toEqual([200, 'People, made up', 'faker'])
  const { sourceId } = source.body
  const destination = await ask('POST', '/destinations', {
    name: 'wh',
    workspaceId,
    configuration: { destinationType: 'duckdb', schema: 'api' },
  })
  const { destinationId } = destination.body
  expect(destination.body.configuration).toMatchObject({ destinationType: 'duckdb', schema: 'api' })
  // No connection has them yet, and both are there.
  expect((await ask('GET', `/sources/${sourceId}`)).body).toEqual(source.body)
  expect(
    (await ask('GET', `/streams?sourceId=${sourceId}`)).body.map(
      ({ streamName }: { streamName: string }) => streamName,
    ),
  ).toContain('users')

  const made = await ask('POST', '/connections', {
    name: 'people',
    sourceId,
    destinationId,
    namespaceDefinition: 'destination',
    nonBreakingSchemaUpdatesBehavior: 'ignore',
    prefix: '',
    schedule: { scheduleType: 'cron', cronExpression: '0 30 4 ? * MON-FRI Europe/Berlin' },
    configurations: {
      streams: [
        {
          name: 'users',
          syncMode: 'full_refresh_overwrite',
          selectedFields: [{ fieldPath: ['id'] }, { fieldPath: ['name'] }],
        },
      ],
    },
  })
  const { connectionId } = made.body
  expect(made.body).toMatchObject({
    name: 'people',
    sourceId,
    destinationId,
    status: 'active',
    schedule: { cronExpression: '0 30 4 ? * MON-FRI Europe/Berlin' },
  })
  expect(fileOf('people')).toBe(`name: people
source:
  connector: faker
  config:
    count: 5
    seed: 3
    always_updated: true
destination: { connector: warehouse, schema: api }
streams:
  users: { sync_mode: full_refresh, destination_sync_mode: overwrite, fields: [id, name] }
schema_changes: ignore
schedule: { cron: '30 4 * * MON-FRI', timezone: Europe/Berlin }
`)

  // What a person adds to the file stays.
  writeFileSync(
    join(dir, 'extract_load', 'people.yaml'),
    `# Ann's\n${fileOf('people')}retries: { complete_failures_max_total: 2 }\n`,
  )
  const changed = await ask('PATCH', `/connections/${connectionId}`, {
    prefix: 'p_',
    namespaceDefinition: 'custom_format',
    namespaceFormat: 'other',
    status: 'inactive',
    schedule: { scheduleType: 'basic', basicTiming: 'Every 6 HOURS' },
  })
  expect(changed.body).toMatchObject({ prefix: 'p_', namespaceFormat: 'other', status: 'inactive', destinationId })
  expect(fileOf('people')).toContain("# Ann's\nname: people")
  expect(fileOf('people')).toContain('retries: { complete_failures_max_total: 2 }')
  const more = await ask('PATCH', `/sources/${sourceId}`, { name: 'More people', configuration: faker({ count: 7 }) })
  expect([more.body.name, more.body.configuration.count]).toEqual(['More people', 7])
  expect(fileOf('people')).toContain('count: 7')

  const { body: job } = await ask('POST', '/jobs', { connectionId, jobType: 'sync' })
  const ended = await eventually('the job', async () => {
    const { body } = await ask('GET', `/jobs/${job.jobId}`)
    return ['pending', 'running'].includes(body.status) ? undefined : body
  })
  expect(ended).toMatchObject({ status: 'succeeded', rowsSynced: 7 })

  expect((await ask('DELETE', `/sources/${sourceId}`)).body).toMatchObject({
    status: 409,
    data: { code: 'AIRBYTE_STATE_CONFLICT' },
  })
  expect((await ask('DELETE', `/connections/${connectionId}`)).status).toBe(204)
  expect([
    (await ask('GET', `/connections/${connectionId}`)).status,
    existsSync(join(dir, 'extract_load', 'people.yaml')),
  ]).toEqual([404, false])
  expect(readdirSync(join(dir, '.millrace', 'removed-connections'))).toEqual([expect.stringMatching(/ people\.yaml$/)])
  // The ends were made by themselves, and are there until they are taken away by themselves.
  expect((await ask('GET', `/sources/${sourceId}`)).body.configuration.count).toBe(7)
  expect((await ask('DELETE', `/sources/${sourceId}`)).status).toBe(204)
  expect((await ask('DELETE', `/destinations/${destinationId}`)).status).toBe(204)
  expect((await ask('GET', '/sources')).body.data).toEqual([])
}, 120_000)

it('mappers are said, told and changed as Airbyte spells them; what it has no words for stays', async () => {
  const end = (kind: string, configuration: object) =>
    ask('POST', `/${kind}s`, { name: kind, workspaceId, configuration })
  const { sourceId } = (await end('source', faker({ count: 5 }))).body
  const { destinationId } = (await end('destination', { destinationType: 'duckdb', schema: 'mapped' })).body
  const hashing = {
    type: 'hashing',
    mapperConfiguration: { targetField: 'email', method: 'SHA-256', fieldNameSuffix: '_hashed' },
  }
  const filter = (value: string) => ({
    type: 'row-filtering',
    mapperConfiguration: {
      conditions: { type: 'NOT', conditions: [{ type: 'EQUAL', fieldName: 'id', comparisonValue: value }] },
    },
  })
  const stream = (mappers?: object[]) => ({
    configurations: { streams: [{ name: 'users', ...(mappers && { mappers }) }] },
  })
  const made = await ask('POST', '/connections', {
    name: 'mapped',
    sourceId,
    destinationId,
    ...stream([{ id: workspaceId, ...hashing }, filter('2')]),
  })
  expect(made.body.configurations.streams[0].mappers).toEqual([filter('2'), hashing])
  expect(fileOf('mapped')).toContain(`    mappers:
      - { type: hashing, field: email, method: SHA-256 }
      - { type: field-renaming, field: email, to: email_hashed }
      - { type: row-filtering, where: { not: { field: id, equal: '2' } } }
`)
  const path = `/connections/${made.body.connectionId}`
  // As airbyte-api 1.0.1 sends it.
  const headers = { 'user-agent': 'speakeasy-sdk/python 1.0.1 2.8 1.0.0 airbyte-api' }
  const python = (await (await fetch(`${base}${path}`, { headers })).json()) as Answer['body']
  expect(python.configurations.streams[0].mappers[1].mapperConfiguration).toEqual({
    algorithm: null,
    ...hashing.mapperConfiguration,
  })
  // It sends back what it was told.
  const before = fileOf('mapped')
  expect((await ask('PATCH', path, stream(python.configurations.streams[0].mappers))).status).toBe(200)
  expect(fileOf('mapped')).toBe(before)
  const patched = await ask('PATCH', path, stream([hashing]))
  expect(patched.body.configurations.streams[0].mappers).toEqual([hashing])
  // Nobody says anything about them.
  expect((await ask('PATCH', path, stream())).body.configurations.streams[0].mappers).toEqual([hashing])
  const md2 = { ...hashing, mapperConfiguration: { ...hashing.mapperConfiguration, method: 'MD2' } }
  const refused = await ask('PATCH', path, stream([md2]))
  expect([refused.status, refused.body.detail]).toEqual([
    422,
    expect.stringContaining('The mapper `hashing` of `email` of the stream `users` hashes by MD2'),
  ])
  const or = '{ or: [{ field: id, equal: 1 }, { field: id, equal: 3 }] }'
  const own = fileOf('mapped')
    .replace('    mappers:\n', `    mappers:\n      - { type: row-filtering, where: ${or} }\n`)
    .replace('schema: mapped', 'schema: mapped, prefix: q_')
  writeFileSync(join(dir, 'extract_load', 'mapped.yaml'), own)
  await eventually('the file is read', async () => (await ask('GET', path)).body.prefix === 'q_')
  const partial = await ask('PATCH', path, stream([filter('1')]))
  expect([partial.status, partial.body.detail]).toEqual([422, expect.stringContaining('has no words for')])
  expect((await ask('PATCH', path, { ...stream([hashing]), prefix: 'p_' })).status).toBe(200)
  expect(fileOf('mapped')).toContain('{ field: id, equal: 3 }')
  for (const one of [path, `/sources/${sourceId}`, `/destinations/${destinationId}`])
    expect((await ask('DELETE', one)).status).toBe(204)
})

it('manifests are listed, made, changed and taken away as declarative definitions, and sources are made of them', async () => {
  const base = `/workspaces/${workspaceId}/definitions/declarative_sources`
  const manifest = (path: string) => ({
    version: '6.0.0',
    type: 'DeclarativeSource',
    check: { type: 'CheckStream', stream_names: ['parts'] },
    streams: [
      {
        type: 'DeclarativeStream',
        name: 'parts',
        file_uploader: {
          type: 'FileUploader',
          requester: { type: 'HttpRequester', url: '{{ download_target }}' },
          download_target_extractor: { type: 'DpathExtractor', field_path: ['url'] },
        },
        retriever: {
          type: 'SimpleRetriever',
          requester: { type: 'HttpRequester', url_base: "{{ config['url'] }}", path },
          record_selector: { type: 'RecordSelector', extractor: { type: 'DpathExtractor', field_path: [] } },
        },
        schema_loader: {
          type: 'InlineSchemaLoader',
          schema: { type: 'object', properties: { id: { type: 'integer' }, on: { type: 'string' } } },
        },
      },
    ],
    spec: {
      type: 'Spec',
      connection_specification: {
        type: 'object',
        required: ['url'],
        properties: { url: { type: 'string' }, token: { type: 'string', airbyte_secret: true } },
      },
    },
  })
  expect((await ask('GET', base)).body).toEqual({ previous: '', next: '', data: [] })
  const made = await ask('POST', base, { name: 'The Parts API', manifest: manifest('parts') })
  expect(made.body).toEqual({
    id: expect.any(String),
    name: 'The Parts API',
    manifest: manifest('parts'),
    version: 1,
  })
  const one = `${base}/${made.body.id}`
  expect((await ask('GET', base)).body.data).toEqual([made.body])
  expect((await ask('GET', one)).body).toEqual(made.body)
  expect(readdirSync(join(dir, 'extract_load/connectors'))).toEqual(['the-parts-api'])
  const definitions = await ask('GET', `/workspaces/${workspaceId}/definitions/sources`)
  expect(definitions.body.data[0]).toMatchObject({ id: made.body.id, name: 'The Parts API', dockerImageTag: '1' })

  expect((await ask('POST', base, { name: 'the parts api', manifest: manifest('x') })).body.data.code).toBe(
    'CONNECTOR_EXISTS',
  )
  const python = JSON.parse(JSON.stringify(manifest('x')).replace('DpathExtractor', 'CustomRecordExtractor'))
  const refused = await ask('POST', base, { name: 'python', manifest: python })
  expect([refused.status, refused.body.data.code]).toEqual([422, 'MANIFEST_INVALID'])
  expect((await ask('POST', base, { name: 'none', manifest: 7 })).status).toBe(400)

  const changed = await ask('PUT', one, { manifest: manifest('v2/parts') })
  expect(changed.body).toEqual({ ...made.body, manifest: manifest('v2/parts'), version: 2 })
  expect((await ask('PUT', one, { manifest: python })).status).toBe(422)
  // What was told is no other text when it is sent back.
  const file = join(dir, 'extract_load/connectors/the-parts-api/manifest.yaml')
  const commented = `# mine\n${readFileSync(file, 'utf8')}`
  writeFileSync(file, commented)
  expect((await ask('PUT', one, { manifest: changed.body.manifest })).body).toEqual(changed.body)
  expect(readFileSync(file, 'utf8')).toBe(commented)
  expect((await ask('GET', one)).body).toEqual(changed.body)
  const clear = JSON.parse(
    JSON.stringify(manifest('v3')).replace('"path"', '"request_headers":{"X-Api-Key":"cl34r"},"path"'),
  )
  expect((await ask('PUT', one, { manifest: clear })).body.warnings).toEqual([
    expect.stringMatching(/manifest\.yaml:\d+:\d+: `X-Api-Key` stands in clear(?!.*cl34r)/),
  ])

  const configuration = { url: 'https://parts.example', token: '${CRM_PASSWORD}' }
  const source = await ask('POST', '/sources', {
    name: 'parts',
    workspaceId,
    definitionId: made.body.id,
    configuration,
  })
  expect(source.body).toMatchObject({ sourceType: 'the-parts-api', definitionId: made.body.id })
  const { sourceId } = source.body
  const byType = { sourceType: 'the-parts-api', ...configuration }
  expect((await ask('POST', '/sources', { name: 'again', workspaceId, configuration: byType })).body.definitionId).toBe(
    made.body.id,
  )
  const { destinationId } = (
    await ask('POST', '/destinations', { name: 'd', workspaceId, configuration: { destinationType: 'duckdb' } })
  ).body
  const connection = await ask('POST', '/connections', { name: 'parts', sourceId, destinationId })
  expect(connection.body.configurations.streams.map(({ name }: { name: string }) => name)).toEqual(['parts'])
  const used = await ask('DELETE', one)
  expect([used.status, used.body.title]).toEqual([409, 'state-conflict'])
  expect(used.body.detail).toContain('the source `parts`')
  await ask('DELETE', `/connections/${connection.body.connectionId}`)

  // Files that records are about go where they can be kept.
  const toFiles = { name: 'f', workspaceId, configuration: { destinationType: 'file', path: 'out' } }
  const files = (await ask('POST', '/destinations', toFiles)).body
  const including = (includeFiles?: boolean) => ({
    configurations: { streams: [{ name: 'parts', ...(includeFiles !== undefined && { includeFiles }) }] },
  })
  const withFiles = { name: 'files', sourceId, ...including(true) }
  const kept = await ask('POST', '/connections', { ...withFiles, destinationId: files.destinationId })
  expect(kept.body.configurations.streams[0]).toMatchObject({ name: 'parts', includeFiles: true })
  expect(fileOf('files')).toContain('include_files: true')
  const path = `/connections/${kept.body.connectionId}`
  // What is not said stays.
  expect((await ask('PATCH', path, including())).body.configurations.streams[0].includeFiles).toBe(true)
  expect((await ask('PATCH', path, including(false))).body.configurations.streams[0].includeFiles).toBe(false)
  expect(fileOf('files')).not.toContain('include_files')
  expect((await ask('POST', '/connections', { ...withFiles, name: 'lost', destinationId })).body).toMatchObject({
    status: 422,
    data: { code: 'CONNECTION_INVALID' },
  })
  await ask('DELETE', path)
  await ask('DELETE', `/destinations/${files.destinationId}`)
  // The command line knows of them too.
  const command = millrace(dir, ['connectors', 'remove', 'the-parts-api'])
  expect([(await command.ended).code, command.output()]).toEqual([2, expect.stringContaining('the source `again`')])
  for (const { sourceId: id } of (await ask('GET', '/sources')).body.data) await ask('DELETE', `/sources/${id}`)
  await ask('DELETE', `/destinations/${destinationId}`)
  expect((await ask('DELETE', one)).body).toMatchObject({ id: changed.body.id, version: 3 })
  expect((await ask('GET', one)).status).toBe(404)
})

describe('a secret', () => {
  const crm = (password: string) => ({
    name: 'crm',
    workspaceId,
    configuration: { sourceType: 'postgres', host: '127.0.0.1', port: 1, database: 'crm', username: 'me', password },
  })
  const secrets = async () => ((await (await fetch(`${up.url}/api/secrets`)).json()) as SecretsView).secrets

  it('is kept with the source that it comes with, also another one, and never shown', async () => {
    const made = await ask('POST', '/sources', crm('some-other-password'))
    // The environment has a CRM_PASSWORD that says something else.
    const kept = { name: 'CRM_PASSWORD_2', status: 'set', usedBy: [{ kind: 'source', name: 'crm' }] }
    const first = await secrets()
    expect(first).toMatchObject([kept])
    const again = await ask('PATCH', `/sources/${made.body.sourceId}`, {
      configuration: crm('yet-another-one').configuration,
    })
    const second = await secrets()
    expect(second).toMatchObject([kept])
    expect(second[0]?.updatedAt).not.toBe(first[0]?.updatedAt)
    expect([made.status, again.status]).toEqual([200, 200])
    expect(JSON.stringify([made, again, second])).not.toMatch(/some-other|yet-another/)
    expect(up.output()).not.toMatch(/some-other|yet-another/)
    await ask('DELETE', `/sources/${made.body.sourceId}`)
  })

  it('of a source that cannot be is not kept', async () => {
    const refused = await ask('POST', '/sources', {
      ...crm('a-third-password'),
      name: 'wrong',
      configuration: { ...crm('a-third-password').configuration, port: 'none' },
    })
    expect(refused.status).toBe(422)
    expect((await secrets()).map(({ name }) => name)).toEqual(['CRM_PASSWORD_2'])
  })

  it('that is nothing but stars has to stand for one that is there', async () => {
    const refused = { status: 422, detail: expect.stringContaining('`password` is nothing but stars') }
    expect((await ask('POST', '/sources', crm('**********'))).body).toMatchObject(refused)
    const { password: _, ...open } = crm('').configuration
    const { sourceId } = (await ask('POST', '/sources', { ...crm(''), configuration: open })).body
    for (const method of ['PATCH', 'PUT'])
      expect(
        (await ask(method, `/sources/${sourceId}`, { name: 'crm', configuration: crm('**********').configuration }))
          .body,
      ).toMatchObject(refused)
    await ask('DELETE', `/sources/${sourceId}`)
  })

  it('that the environment has is taken from there, by its value or by its name', async () => {
    for (const password of ['right-password', '${CRM_PASSWORD}']) {
      const { status, body } = await ask('POST', '/sources', crm(password))
      expect([status, JSON.stringify(body).includes('right-password')]).toEqual([200, false])
      const again = await ask('PUT', `/sources/${body.sourceId}`, {
        name: 'crm',
        configuration: { ...crm('**********').configuration, host: '127.0.0.2' },
      })
      expect([again.status, again.body.configuration.host]).toEqual([200, '127.0.0.2'])
      await ask('DELETE', `/sources/${body.sourceId}`)
    }
  })
})

it('how rows come into the warehouse is kept as it was said', async () => {
  const configuration = { destinationType: 'warehouse', schema: 'raw', loading_method: 'storage_write_api' }
  const { body } = await ask('POST', '/destinations', { name: 'by rows', workspaceId, configuration })
  expect(body.configuration).toMatchObject({ schema: 'raw', loading_method: 'storage_write_api' })
  const path = `/destinations/${body.destinationId}`
  expect((await ask('PUT', path, { name: 'by rows', configuration: body.configuration })).status).toBe(200)
  expect((await ask('GET', path)).body.configuration.loading_method).toBe('storage_write_api')
  const wrong = { ...configuration, loading_method: 'by_hand' }
  expect((await ask('POST', '/destinations', { name: 'x', workspaceId, configuration: wrong })).status).toBe(422)
  expect((await ask('DELETE', path)).status).toBe(204)
})

describe('what cannot be made is refused with what to do, and nothing is left of it', () => {
  it.each([
    ['a connector that is not there', '/sources', { configuration: { sourceType: 'github' } }, 'airbyte/source-github'],
    [
      'another warehouse',
      '/destinations',
      { configuration: { destinationType: 'duckdb', destination_path: '/other.duckdb' } },
      'dbt profile',
    ],
    [
      'a setting that is none',
      '/sources',
      { configuration: { sourceType: 'faker', cuont: 3 } },
      '`cuont` is not a setting',
    ],
    [
      'another workspace',
      '/sources',
      { workspaceId: '00000000-0000-4000-8000-000000000000', configuration: {} },
      'There is no workspace',
    ],
  ])('%s', async (_, path, more, said) => {
    const { status, body } = await ask('POST', path, { name: 'x', workspaceId, ...more })
    expect([404, 422]).toContain(status)
    expect(body.detail).toContain(said)
  })

  it('a connection with a name, a stream, a schedule that it cannot have', async () => {
    const { sourceId } = (await ask('POST', '/sources', { name: 's', workspaceId, configuration: faker({ count: 1 }) }))
      .body
    const { destinationId } = (
      await ask('POST', '/destinations', { name: 'd', workspaceId, configuration: { destinationType: 'warehouse' } })
    ).body
    const make = (more: object) => ask('POST', '/connections', { name: 'c', sourceId, destinationId, ...more })
    expect((await make({ name: 'Shop → Warehouse' })).body.detail).toContain('such as `Shop_Warehouse`')
    expect((await make({ configurations: { streams: [{ name: 'usres' }] } })).body).toMatchObject({
      status: 422,
      data: { code: 'STREAM_NOT_FOUND' },
    })
    expect((await make({ schedule: { scheduleType: 'basic', basicTiming: 'Every 5 HOURS' } })).body.detail).toContain(
      'cron',
    )
    expect(
      (await make({ configurations: { streams: [{ name: 'users', mappers: [{ type: 'hashing' }] }] } })).body.detail,
    ).toContain('The mapper `hashing` of the stream `users` names no field')
    expect(existsSync(join(dir, 'extract_load', 'c.yaml'))).toBe(false)
  })
})

it('a destination that is sent back as it was shown says the same as before; another warehouse is refused then, too', async () => {
  const { body: destination } = await ask('POST', '/destinations', {
    name: 'wh',
    workspaceId,
    configuration: { destinationType: 'duckdb', default_schema: 'one' },
  })
  const patch = (configuration: object) => ask('PATCH', `/destinations/${destination.destinationId}`, { configuration })
  expect((await patch({ ...destination.configuration, schema: 'two' })).body.configuration.schema).toBe('two')
  expect((await patch({ destination_path: '/other.duckdb' })).body).toMatchObject({
    status: 422,
    data: { code: 'AIRBYTE_UNPROCESSABLE' },
  })
})
