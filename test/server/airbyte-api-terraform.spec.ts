import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { eventually, removeProject, startUp, temporaryProject } from '../support/millrace.js'

type Settings = Readonly<Record<string, unknown>>

interface Derived {
  readonly step: string
  readonly method: string
  readonly path: string
  readonly contentType?: string
  readonly body?: string | Settings
  readonly status: number
  readonly answer?: keyof typeof answers
  /** Whose request it is. */
  readonly of?: string
}

/** What the provider asks for, as its source says. Names stand where ids were. */
const { headers, requests } = JSON.parse(
  readFileSync(new URL('../golden/airbyte-clients/terraform.json', import.meta.url), 'utf8'),
) as { headers: Record<string, string>; requests: readonly Derived[] }

const settings = z.record(z.string(), z.unknown())
/** Go reads whole numbers of 64 bits, and no others. */
const whole = z.int()
const path = z.array(z.string())
const mapper = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hashing'),
    mapperConfiguration: z.strictObject({ targetField: z.string(), method: z.string(), fieldNameSuffix: z.string() }),
  }),
])
const connection = z.object({
  connectionId: z.uuid(),
  name: z.string(),
  sourceId: z.uuid(),
  destinationId: z.uuid(),
  workspaceId: z.uuid(),
  status: z.enum(['active', 'inactive', 'deprecated', 'locked']),
  schedule: z.object({
    scheduleType: z.enum(['manual', 'cron', 'basic']),
    cronExpression: z.string().optional(),
    basicTiming: z.string().optional(),
  }),
  nonBreakingSchemaUpdatesBehavior: z.enum(['ignore', 'disable_connection', 'propagate_columns', 'propagate_fully']),
  namespaceDefinition: z.enum(['source', 'destination', 'custom_format']),
  namespaceFormat: z.string().optional(),
  prefix: z.string(),
  configurations: z.object({
    streams: z.array(
      z.object({
        name: z.string(),
        namespace: z.string().optional(),
        syncMode: z.enum([
          'full_refresh_overwrite',
          'full_refresh_overwrite_deduped',
          'full_refresh_append',
          'full_refresh_update',
          'full_refresh_soft_delete',
          'incremental_append',
          'incremental_deduped_history',
          'incremental_update',
          'incremental_soft_delete',
        ]),
        cursorField: path.optional(),
        primaryKey: z.array(path).optional(),
        includeFiles: z.boolean(),
        selectedFields: z.array(z.object({ fieldPath: path })).optional(),
        mappers: z.array(mapper),
      }),
    ),
  }),
  createdAt: whole,
  tags: z.array(z.never()),
})
const actor = {
  name: z.string(),
  definitionId: z.uuid(),
  workspaceId: z.uuid(),
  configuration: settings,
  createdAt: whole,
}

/** What the provider reads of each answer, and what its kinds are. */
const answers = {
  token: z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: whole.min(61) }),
  workspace: z.object({
    workspaceId: z.uuid(),
    name: z.string(),
    dataResidency: z.string(),
    notifications: settings,
  }),
  source: z.object({ ...actor, sourceId: z.uuid(), sourceType: z.string() }),
  destination: z.object({ ...actor, destinationId: z.uuid(), destinationType: z.string() }),
  connection,
  connections: z.object({ previous: z.string(), next: z.string(), data: z.array(connection) }),
  definition: z.object({
    id: z.uuid(),
    name: z.string(),
    dockerRepository: z.string(),
    dockerImageTag: z.string(),
    documentationUrl: z.string().optional(),
  }),
  declarative: z.object({ id: z.uuid(), name: z.string(), manifest: settings, version: whole }),
} satisfies Record<string, z.ZodType>

const secret = 'pa55-of-terraform'

let dir: string
let up: Awaited<ReturnType<typeof startUp>>
let base: string
beforeAll(async () => {
  dir = await temporaryProject({})
  up = await startUp(dir)
  const found = await eventually('the address', () => /it at (http:\/\/localhost:\d+)/.exec(up.output())?.[1])
  base = `${found}/api/public/v1`
})
afterAll(async () => {
  await up.stop()
  await removeProject(dir)
})

async function send(
  method: string,
  at: string,
  { body, contentType, token }: { body?: string; contentType?: string; token?: string } = {},
) {
  const answer = await fetch(`${base}${at}`, {
    method,
    headers: {
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.text()
  return { status: answer.status, contentType: answer.headers.get('content-type'), text }
}

/** Streams are a set to the provider, and their fields one each. */
const inOrder = (stream: Settings) =>
  Array.isArray(stream.selectedFields)
    ? {
        ...stream,
        selectedFields: [...stream.selectedFields].sort((a, b) => String(a.fieldPath).localeCompare(b.fieldPath)),
      }
    : stream
const streamsOf = ({ configurations }: Settings): readonly Settings[] =>
  [...((configurations as { streams: Settings[] }).streams ?? [])]
    .map(inOrder)
    .sort((a, b) => String(a.name).localeCompare(String(b.name)))

/** What of it the next plan holds against the answer. */
function compared(body: Settings): Settings {
  const { configurations, configuration, namespaceFormat, schedule, ...said } = body
  const { scheduleType, cronExpression } = (schedule ?? {}) as Settings
  const { password: _, ...clear } = (configuration ?? {}) as Settings
  return {
    ...said,
    ...(configuration ? { configuration: clear } : {}),
    ...(said.namespaceDefinition === 'custom_format' ? { namespaceFormat } : {}),
    ...(schedule ? { schedule: scheduleType === 'manual' ? { scheduleType } : { scheduleType, cronExpression } } : {}),
  }
}

// Derived, not recorded: the golden file says of what.
it("Terraform's provider makes, plans, changes, takes over and destroys, and a plan has nothing to change", async () => {
  const ids: Record<string, string> = {}
  const wanted: Record<string, Settings> = {}
  const filled = (text: string) => text.replace(/\{(\w+)\}/g, (all, name: string) => ids[name] ?? all)
  let token: string | undefined
  const { data } = JSON.parse((await send('GET', '/workspaces')).text)
  ids.workspace = data[0].workspaceId

  for (const { step, method, path: at, contentType, body, status, answer, of } of requests) {
    const text = body === undefined || typeof body === 'string' ? body : filled(JSON.stringify(body))
    const got = await send(method, filled(at), {
      ...(text === undefined ? {} : { body: text }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(token === undefined ? {} : { token }),
    })
    const place = `${step}: ${method} ${at}`
    expect([place, got.status, got.status === status ? '' : got.text]).toEqual([place, status, ''])
    expect(got.text).not.toContain(secret)
    if (answer === undefined) continue
    expect(got.contentType).toMatch(/^application\/json\b/)
    const told = answers[answer].safeParse(JSON.parse(got.text))
    expect([place, told.error?.issues ?? []]).toEqual([place, []])
    const is = told.data as Settings
    if (answer === 'token') token = is.access_token as string
    if (of === undefined || method === 'DELETE') continue
    // What was asked for last holds, of what it does not say what was before.
    if (body !== undefined && text !== undefined) wanted[of] = { ...wanted[of], ...JSON.parse(text) }
    const id = (is[`${answer}Id`] ?? is.id) as string
    if (method === 'POST') {
      ids[of] = id
      ids[`${of}Definition`] = is.definitionId as string
    }
    expect([place, id]).toEqual([place, ids[of]])
    const want = wanted[of] as Settings
    expect({ place, ...is }).toMatchObject({ place, ...compared(want) })
    if (answer === 'connection') expect(streamsOf(is)).toMatchObject(streamsOf(want))
    // While it is made, the provider joins what it planned to what it is answered by the places of the streams.
    if (answer === 'connection' && method === 'POST') expect(isDeepStrictEqual(namesOf(is), namesOf(want))).toBe(true)
  }
})

const namesOf = ({ configurations }: Settings) =>
  (configurations as { streams: readonly { name: string }[] }).streams.map(({ name }) => name)

it('a connection without a name is called as its source, and one that cannot be inactive is not made', async () => {
  const ask = async (method: string, at: string, body: object) => {
    const { status, text } = await send(method, at, { body: JSON.stringify(body), contentType: 'application/json' })
    return { status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const workspaceId = JSON.parse((await send('GET', '/workspaces')).text).data[0].workspaceId
  const source = { name: '2 made-up people', workspaceId, configuration: { sourceType: 'faker', count: 1 } }
  const { sourceId } = (await ask('POST', '/sources', source)).body
  const destination = { name: 'Names', workspaceId, configuration: { destinationType: 'duckdb', schema: 'names' } }
  const { destinationId } = (await ask('POST', '/destinations', destination)).body
  const ends = { sourceId, destinationId, namespaceFormat: null }
  const refused = await ask('POST', '/connections', { ...ends, status: 'inactive' })
  expect([refused.status, refused.body.title]).toEqual([501, 'not-implemented'])
  expect((await send('GET', '/connections')).text).not.toContain('made-up_people')
  const made = await ask('POST', '/connections', {
    ...ends,
    schedule: { scheduleType: 'cron', cronExpression: '0 0 4 * * ? UTC' },
  })
  expect([made.status, made.body.name, made.body.status]).toEqual([200, 'made-up_people', 'active'])
  // Nothing of it is written where a part of it cannot be.
  const at = `/connections/${made.body.connectionId}`
  const both = await ask('PATCH', at, { prefix: 'p_', status: 'inactive', schedule: { scheduleType: 'manual' } })
  expect(both.status).toBe(501)
  expect(JSON.parse((await send('GET', at)).text)).toEqual(made.body)
})
