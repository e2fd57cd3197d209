import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../base/index.js'
import { Access } from './access/index.js'
import { createApp } from './app.js'
import { type Address, isLocalOnly } from './request-guard.js'

let uiDir: string
beforeAll(async () => {
  uiDir = await mkdtemp(join(tmpdir(), 'millrace-ui-'))
  await mkdir(join(uiDir, '_ui'))
  await writeFile(join(uiDir, 'index.html'), '<html>the page</html>')
  await writeFile(join(uiDir, '_ui/main-1a2b3c4d.js'), `export const text = '${'long '.repeat(1000)}'`)
  await writeFile(join(uiDir, '..', 'millrace-secret.txt'), 'secret')
})
afterAll(async () => {
  await rm(join(uiDir, '..', 'millrace-secret.txt'))
  await rm(uiDir, { recursive: true })
})

interface Call extends RequestInit {
  readonly address?: Partial<Address>
  /** Services of this call. */
  readonly given?: object
  /** Takes what is noted. */
  readonly noteAudit?: (entry: object) => Promise<void>
}

const accessStore = {
  hasUsers: async () => false,
  findToken: async () => ({ token: { name: 'ci', role: 'admin' } }),
  noteAudit: async () => {},
}
const authorization = `Bearer mr_${'x'.repeat(43)}`

/** Asks the app as a browser at `host` would, without a network. */
async function call(path: string, { address, headers, given, noteAudit, ...init }: Call = {}) {
  const services = {
    store: { readDefinitions: async () => undefined },
    ...given,
    version: '1.0.0',
  }
  const listening = { host: '127.0.0.1', allowedHosts: [], ...address }
  const app = createApp({
    services: services as never,
    // A token opens everything, also where others reach the server.
    access: new Access({
      store: { ...accessStore, ...(noteAudit && { noteAudit }) } as never,
      address: listening,
      project: 'test',
      clock: systemClock,
      logger: silentLogger,
    }),
    feed: {} as never,
    uiDir,
    address: listening,
  })
  return app.request(path, { ...init, headers: { host: 'localhost:3000', authorization, ...headers } })
}
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code

describe('who may call', () => {
  const post = { method: 'POST', body: '{"selection":"*"}' }

  it.each([
    ['localhost:3000', {}, true],
    ['127.0.0.1:3000', {}, true],
    ['[::1]:3000', {}, true],
    ['evil.example', {}, false],
    ['', {}, false],
    ['192.168.1.5:3000', {}, false],
    ['192.168.1.5:3000', { host: '0.0.0.0' }, true],
    ['build-box:3000', { host: '0.0.0.0' }, true],
    ['evil.example', { host: '0.0.0.0' }, false],
    ['data.example', { host: '0.0.0.0', allowedHosts: ['data.example'] }, true],
    // A proxy may name itself with its port or without it.
    ['data.example:8443', { url: 'https://data.example:8443/millrace' }, true],
    ['data.example', { url: 'https://data.example:8443/millrace' }, true],
    ['evil.example', { url: 'https://data.example:8443/millrace' }, false],
  ])('host %j, listening as %j: %s', async (host, address, isAnswered) => {
    const response = await call('/', { address, headers: { host } })
    expect(response.status).toBe(isAnswered ? 200 : 403)
  })

  it.each([
    ['localhost:3000', 'http://localhost:3000', {}, true],
    ['localhost:3000', 'http://localhost:4000', {}, false],
    ['localhost:3000', 'https://evil.example', {}, false],
    ['localhost:3000', 'null', {}, false],
    // Listening everywhere must not make every site one of ours.
    ['192.168.1.5:3000', 'https://evil.example', { host: '0.0.0.0' }, false],
    ['192.168.1.5:3000', 'http://192.168.1.5:3000', { host: '0.0.0.0' }, true],
    ['data.example', 'https://data.example:8443', { url: 'https://data.example:8443' }, true],
    ['data.example', 'https://data.example:9443', { url: 'https://data.example:8443' }, false],
    ['data.example', 'null', { url: 'https://data.example:8443' }, false],
  ])('a write to %s from a page of %s, listening as %j: %s', async (host, origin, address, isAnswered) => {
    const response = await call('/api/materialize', { ...post, address, headers: { host, origin } })
    expect(await codeOf(response)).toBe(isAnswered ? 'SERVER_NOT_READY' : 'SERVER_FORBIDDEN')
  })
})

describe('a hostile request', () => {
  it('with a body that is not JSON is told so', async () => {
    const response = await call('/api/materialize', { method: 'POST', body: '{"selection": ' })
    expect(response.status).toBe(422)
    expect(JSON.stringify(await response.json())).toContain('The body is not JSON')
  })

  it('with a huge body is refused before it is read', async () => {
    const response = await call('/api/materialize', { method: 'POST', body: 'x'.repeat(1_000_001) })
    expect([response.status, await codeOf(response)]).toEqual([413, 'SERVER_BODY_TOO_LARGE'])
  })

  it('by the wrong method is told the right one', async () => {
    const response = await call('/api/materialize', { method: 'DELETE' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await call('/api/nothing', { method: 'POST' })).status).toBe(404)
    expect((await call('/runs', { method: 'POST' })).status).toBe(404)
  })

  it.each([
    '/../millrace-secret.txt',
    '/..%2fmillrace-secret.txt',
    '/_ui/..%2f..%2fmillrace-secret.txt',
    '/%2e%2e/millrace-secret.txt',
    '/..%5cmillrace-secret.txt',
    '//etc/passwd',
    '/etc%00/passwd',
  ])('%s stays inside the folder', async (path) => {
    expect(await (await call(path)).text()).not.toMatch(/secret$|root:/)
  })

  it('with an address that cannot be decoded is no failure of ours', async () =>
    expect((await call('/%E0%A4%A')).status).toBe(400))
})

describe('making a connection', () => {
  const draft = { name: 'shop', source: { connector: 'file', config: { path: 'x' } }, destination: { schema: 'raw' } }
  const asked: unknown[] = []
  const answers = (name: string) => async (given: unknown) => {
    asked.push([name, given])
    return name === 'discoverDraft'
      ? { streams: [stream], canFollow: true, hasNamespaces: true, readsLog: false }
      : { newSecrets: [] }
  }
  const stream = {
    name: 's',
    namespace: 'public',
    jsonSchema: { properties: { id: { type: ['null', 'integer'] } } },
    supportedSyncModes: ['full_refresh'],
    sourceDefinedCursor: false,
    defaultCursorField: [],
    sourceDefinedPrimaryKey: [['id']],
    primaryKeyCandidates: [['id'], ['a', 'b']],
    hasOwnCursor: false,
    sample: { columns: ['id'], rows: [[9007199254740993n]] },
    proposed: { name: 's', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' },
  }
  const verbs = [
    'sourceSpec',
    'checkDraft',
    'checkDraftDestination',
    'discoverDraft',
    'previewConnection',
    'createConnection',
  ] as const
  const known = { title: '', description: '', releaseStage: 'beta', spec: {} }
  const engine = {
    ...Object.fromEntries(verbs.map((verb) => [verb, answers(verb)])),
    sources: async () => [],
    destinations: async () => [{ ...known, name: 'file', isWarehouse: false, modes: ['append'], whyNoOthers: 'x' }],
  }
  const services = (canEditConnections: boolean) => ({
    engine,
    canEditConnections: () => canEditConnections,
    project: { name: 'p' },
  })
  const paths = [
    '/connectors/spec',
    '/connection-drafts/check',
    '/connection-drafts/check-destination',
    '/connection-drafts/discover',
  ]
  const make = (path: string, canEdit: boolean, body: unknown = draft, headers = {}) =>
    call(`/api${path}`, { method: 'POST', body: JSON.stringify(body), given: services(canEdit), headers })

  it.each([...paths, '/connection-drafts/preview', '/connections'])('%s may be refused', async (path) => {
    const response = await make(path, false, path === '/connectors/spec' ? draft.source : draft)
    expect([response.status, await codeOf(response)]).toEqual([403, 'SERVER_READ_ONLY'])
    expect(asked).toEqual([])
  })

  it.each([
    ['PUT', '/secrets/A', { value: 'x' }],
    ['PUT', '/secrets', { values: { A: 'x' } }],
    ['DELETE', '/secrets/A', undefined],
  ])('%s %s may be refused as well', async (method, path, body) => {
    const response = await call(`/api${path}`, { method, body: JSON.stringify(body), given: services(false) })
    expect([response.status, await codeOf(response)]).toEqual([403, 'SERVER_READ_ONLY'])
  })

  it('with a body that is not JSON repeats nothing of it', async () => {
    const response = await call('/api/secrets/A', { method: 'PUT', body: 'hunter22', given: services(true) })
    expect([response.status, await response.text()]).toEqual([422, expect.not.stringContaining('hunter')])
  })

  it('a manifest is not read either, and its problems are told without what stands in it', async () => {
    for (const path of ['/connectors/mill/manifest', '/connectors/mill/manifest-hash']) {
      const response = await call(`/api${path}`, { given: services(false) })
      expect([response.status, await codeOf(response)]).toEqual([403, 'SERVER_READ_ONLY'])
    }
    const seen: unknown[] = []
    const told = {
      connectorProblem: async (one: unknown) => seen.push(one) && {},
      connectorProblems: async (one: unknown) => seen.splice(seen.length, 0, one),
    }
    for (const canEdit of [false, true])
      for (const path of ['/connectors/mill/problem', '/connectors/problems'])
        await call(`/api${path}`, { given: { ...services(canEdit), engine: told } })
    expect(seen).toEqual([
      { name: 'mill', showsText: false },
      { showsText: false },
      { name: 'mill', showsText: true },
      { showsText: true },
    ])
  })

  it.each([
    ['GET', '', undefined],
    ['POST', '/preview', { before: 'h' }],
    ['POST', '/check', { before: 'h' }],
    ['POST', '/check-destination', { before: 'h' }],
    ['POST', '/discover', { before: 'h' }],
    ['PUT', '', { before: 'h' }],
  ])('%s of settings%s may be refused as well, before anything is read', async (method, path, body) => {
    const address = `/api/connections/shop/settings${path}`
    const sent = body ? { body: JSON.stringify(body) } : {}
    const response = await call(address, { method, ...sent, given: services(false) })
    expect([response.status, await codeOf(response)]).toEqual([403, 'SERVER_READ_ONLY'])
  })

  it('is not done for a page of another site', async () => {
    const response = await make('/connections', true, draft, { origin: 'https://evil.example' })
    expect(await codeOf(response)).toBe('SERVER_FORBIDDEN')
    expect(asked).toEqual([])
  })

  it('hands over what was chosen, and nothing else', async () => {
    expect((await make('/connections', true, { ...draft, file: '../../etc/passwd' })).status).toBe(200)
    expect(asked).toEqual([['createConnection', { ...draft, streams: [], by: 'token ci' }]])
    expect(await codeOf(await make('/connections', true, { ...draft, name: undefined }))).toBe('SERVER_INVALID')
  })

  it('takes everything that a file can say, and no mapper that there is not', async () => {
    const mappers = [
      { type: 'hashing', field: 'email', method: 'MD5' },
      { type: 'row-filtering', where: { not: { field: 'id', equal: 1 } } },
    ]
    const stream = {
      name: 's',
      syncMode: 'incremental',
      destinationSyncMode: 'append',
      mappers,
      schema: 'a',
      table: 'b',
    }
    const whole = {
      ...draft,
      destination: { connector: 'file', config: { path: 'x' }, prefix: 'p_', cdcDeletes: 'soft' },
      streams: [stream],
      schemaChanges: 'pause',
    }
    asked.splice(0)
    expect((await make('/connection-drafts/check-destination', true, whole)).status).toBe(200)
    expect(asked).toEqual([['checkDraftDestination', whole]])
    const wrong = { ...whole, streams: [{ ...stream, mappers: [{ type: 'hash', field: 'email' }] }] }
    expect(await codeOf(await make('/connections', true, wrong))).toBe('SERVER_INVALID')
  })

  it('shows streams with exact values, and only columns as keys', async () => {
    expect(await (await make('/connection-drafts/discover', true)).json()).toMatchObject({
      canFollow: true,
      hasNamespaces: true,
      readsLog: false,
      streams: [
        {
          namespace: 'public',
          sourceKey: ['id'],
          fields: [{ path: 'id', type: 'integer' }],
          keyCandidates: ['id'],
          sample: { rows: [['9007199254740993']] },
          proposed: stream.proposed,
        },
      ],
    })
  })

  it('says beforehand whether it is allowed', async () => {
    const response = await call('/api/connectors', { given: services(false) })
    expect(await response.json()).toEqual({
      connectors: [],
      destinations: [{ ...known, name: 'file', isWarehouse: false, modes: ['append'], keepsFiles: false }],
      canCreate: false,
    })
  })

  it.each([
    [{}, true],
    [{ host: '::1' }, true],
    [{ host: '0.0.0.0' }, false],
    [{ host: '192.168.1.5' }, false],
    // Somebody stands before it, and others before that one.
    [{ allowedHosts: ['data.example'] }, false],
  ])('is allowed by itself only where nobody else comes: %j', (address, isLocal) =>
    expect(isLocalOnly({ host: '127.0.0.1', allowedHosts: [], ...address })).toBe(isLocal),
  )
})

describe('files of the UI', () => {
  const script = '/_ui/main-1a2b3c4d.js'

  it('with a hash in their name are kept for good, and nothing else is', async () => {
    expect((await call(script)).headers.get('cache-control')).toContain('immutable')
    expect((await call('/runs/1')).headers.get('cache-control')).toBe('no-cache')
  })

  it('of another build are missing, instead of being a page', async () =>
    expect((await call('/_ui/gone-00000000.js')).status).toBe(404))

  it('are not sent again when nothing changed', async () => {
    const etag = (await call('/')).headers.get('etag') ?? ''
    const again = await call('/', { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('travel compressed to those who can read it', async () => {
    const packed = await call(script, { headers: { 'accept-encoding': 'gzip' } })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect((await packed.arrayBuffer()).byteLength).toBeLessThan(500)
    expect((await call(script)).headers.get('content-encoding')).toBeNull()
  })

  it('answer HEAD with the headers alone', async () => {
    const head = await call(script, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(5000)
  })
})

describe('the page of a connection', () => {
  const nothing = { assets: [], checks: [], schedules: [], sensors: [] }
  const shop = { name: 'shop', file: 'shop.yaml', yaml: '', streams: [] }
  const store = {
    readDefinitions: async () => ({ ...nothing, connections: [shop] }),
    automationStates: async () => [],
    readEvents: async () => [],
    listRuns: async () => [],
  }
  const show = async (connectionStates: () => Promise<unknown>) => {
    const given = { store, engine: { connectionStates }, states: { of: async () => new Map() }, clock: systemClock }
    const response = await call('/api/connections/shop', { given })
    return { status: response.status, detail: await response.json() }
  }

  it('says that the states cannot be asked where the engine does not answer, instead of that there are none', async () => {
    const { status, detail } = await show(async () => {
      throw new Error('the engine hangs')
    })
    expect([status, detail]).toEqual([
      200,
      expect.objectContaining({
        name: 'shop',
        states: [],
        statesError: expect.objectContaining({ message: expect.stringContaining('the engine hangs') }),
      }),
    ])
  })

  it('has the states that are committed, and none where none is', async () => {
    const states = [{ stream: 'a', state: { cursor: 1 } }]
    for (const committed of [states, []]) {
      const { detail } = await show(async () => committed)
      expect(detail).toMatchObject({ states: committed })
      expect(detail).not.toHaveProperty('statesError')
    }
  })
})

describe('clearing a connection', () => {
  const requests: object[] = []
  const streams = ['a', 'b'].map((name) => ({ name, asset: `raw/${name}` }))
  const store = {
    readDefinitions: async () => ({ connections: [{ name: 'shop', streams }] }),
    requestRun: async (request: object) => {
      requests.push(request)
      return { run: { id: 'r1' } }
    },
  }
  const clear = (body: object) =>
    call('/api/connections/shop/clear', { method: 'POST', body: JSON.stringify(body), given: { store } })

  it.each([
    [{}, 'raw/a raw/b'],
    [{ streams: ['b'] }, 'raw/b'],
  ])('asks for a run that clears the streams of %j', async (body, selection) => {
    requests.splice(0)
    expect(await (await clear(body)).json()).toEqual({ runId: 'r1' })
    expect(requests).toEqual([{ selection, trigger: { type: 'manual', name: 'token ci' }, clearData: true }])
  })

  it.each([
    [{ streams: ['a', 'c'] }, 'SERVER_NOT_FOUND'],
    [{ streams: [] }, 'SERVER_INVALID'],
  ])('%j is refused as a whole', async (body, code) => {
    requests.splice(0)
    expect(await codeOf(await clear(body))).toBe(code)
    expect(requests).toEqual([])
  })
})

describe('running a run again', () => {
  const asked: object[] = []
  const noted: object[] = []
  const parent = { id: 'r1', selection: 'raw/a', tags: {}, fullRefresh: false, clearData: true }
  const store = {
    getRun: async () => parent,
    requestRun: async (request: object) => {
      asked.push(request)
      return { run: { id: 'r2' } }
    },
  }
  it('that cleared data is told so in the audit log, with who asked and the new run', async () => {
    const answer = await call('/api/runs/r1/rerun', {
      method: 'POST',
      body: '{"mode":"all"}',
      given: { store },
      noteAudit: async (entry) => void noted.push(entry),
    })
    expect(await answer.json()).toEqual({ runId: 'r2' })
    expect(asked).toMatchObject([{ selection: 'raw/a', clearData: true, trigger: { name: 'token ci' } }])
    expect(noted).toMatchObject([{ what: '/runs/r1/rerun: run r2; all; clears data', actor: 'token ci' }])
  })
})

describe('for those who watch over it', () => {
  const ready = { store: { readDefinitions: async () => ({}) } }
  const down = {
    store: {
      readDefinitions: async () => {
        throw new Error('password=hunter2')
      },
    },
  }

  it('it says whether it lives, and whether it can work', async () => {
    expect((await call('/livez', { given: down })).status).toBe(200)
    expect((await call('/readyz', { given: ready })).status).toBe(200)
    expect((await call('/readyz')).status).toBe(503)
    const response = await call('/readyz', { given: down })
    expect([response.status, await response.text()]).toEqual([503, 'not ready'])
  })

  it('it has figures also when nothing answers it', async () => {
    const engine = { health: () => Promise.reject(new Error('gone')) }
    const response = await call('/metrics', { given: { ...down, engine, daemonLoopAt: async () => undefined } })
    const text = await response.text()
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(text).toContain('millrace_up{part="engine"} 0')
    expect(text).toContain('millrace_up{part="store"} 0')
    expect(text).toContain('process_resident_memory_bytes')
    expect(text).not.toContain('hunter2')
  })

  it('its figures are for whoever may look, where others reach it', async () => {
    const address = { host: '0.0.0.0' }
    const response = await call('/metrics', { address, headers: { authorization: '' } })
    expect([response.status, await codeOf(response)]).toEqual([401, 'SERVER_LOGIN_REQUIRED'])
    expect((await call('/livez', { address, headers: { authorization: '' } })).status).toBe(200)
  })
})
