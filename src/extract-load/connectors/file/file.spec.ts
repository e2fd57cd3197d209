import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretPlaces } from '../../connections/secrets/secret-values.js'
import { holdsToSchema, type SpecObject } from '../connector-spec.suite.js'
import { fileStreamSchema, placesSchema } from './config.js'
import { fileConnector } from './index.js'

interface Told {
  readonly items?: SpecObject
  readonly properties?: SpecObject['properties']
}

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-file-'))
})
afterEach(() => rm(dir, { recursive: true }))
const file = (name: string, text: string) => writeFile(join(dir, name), text)
const context = (...streams: object[]) => ({ config: { streams }, projectDir: dir, file: 'extract_load/c.yaml' })

describe('spec', () => {
  const { streams, ...places } = (fileConnector.spec as unknown as { properties: Record<string, Told> }).properties
  holdsToSchema(streams?.items as SpecObject, fileStreamSchema, { name: 'x', path: 'x' })
  describe.each(Object.entries(places))('%s', (name, place) => {
    const schema = placesSchema.shape[name as keyof typeof placesSchema.shape].unwrap()
    holdsToSchema({ properties: place.properties ?? {}, required: [] }, schema, {})
  })
})

describe('check', () => {
  it('counts streams and files, and names the patterns that match nothing yet', async () => {
    await file('a1.csv', 'id\n1\n')
    await file('a2.csv', 'id\n1\n')
    const result = await fileConnector.check(context({ name: 'a', path: 'a*.csv' }, { name: 'b', path: 'b*.csv' }))
    expect(result).toEqual({
      status: 'succeeded',
      message: '2 streams, 2 files; no file matches b*.csv (stream `b`) yet',
    })
  })
  it('says of every stream what is wrong with its path', async () => {
    await file('broken.parquet', 'not parquet')
    await file('what.bin', 'x')
    const result = await fileConnector.check(
      context(
        { name: 'gone', path: 'gone.csv' },
        { name: 'broken', path: 'broken.parquet' },
        { name: 'what', path: 'what.bin' },
        { name: 'package', path: 'npm:no-such-package/a.csv' },
        { name: 'folder', path: '.' },
      ),
    )
    expect(result.status).toBe('failed')
    const lines = result.message?.split('\n') ?? []
    expect(lines[0]).toBe('5 of 5 streams cannot be read:')
    for (const [i, part] of [
      'gone.csv',
      'broken.parquet cannot be read as parquet',
      '`what`',
      'no-such-package',
      'is a folder',
    ].entries())
      expect(lines[i + 1]).toContain(part)
    expect(result.error?.message).toBe(result.message)
  })
  it('refuses two streams of one name, and a setting that it does not know', async () => {
    const twice = await fileConnector.check(context({ name: 'a', path: 'x.csv' }, { name: 'A', path: 'y.csv' }))
    expect(twice.error).toMatchObject({ code: 'CONNECTION_INVALID', message: expect.stringContaining('`A`') })
    const unknown = await fileConnector.check(context({ name: 'a', path: 'x.csv', delimeter: ';' }))
    expect(unknown.error).toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringContaining('source.config.streams.0'),
    })
  })
})

describe('settings', () => {
  const problemOf = async (config: object) =>
    (await fileConnector.check({ config: config as never, projectDir: dir, file: 'extract_load/c.yaml' })).error
  it.each([
    ['ftp://host/a.csv', 'ftp://, which is not read'],
    ['https://', 'is no address'],
    ['s3://lake', 's3://bucket/path'],
    ['s3://Lake_1/a.csv', 's3://bucket/path'],
    ['gs:///a.csv', 'gs://bucket/path'],
    ['sftp://host', 'sftp://host/path'],
    ['sftp://-oProxyCommand=x/a.csv', 'sftp://host/path'],
    ['sftp://me:my-password@host/a.csv', 'holds a password'],
  ])('refuse the path %s', async (path, why) => {
    const error = await problemOf({ streams: [{ name: 'a', path }] })
    expect(error).toMatchObject({ code: 'CONNECTION_INVALID', message: expect.stringContaining(why) })
    expect(JSON.stringify(error)).not.toContain('my-password')
  })
  it('refuse two ways to log in at once', async () => {
    const sftp = { password: 'p', private_key: 'k' }
    expect(await problemOf({ streams: [{ name: 'a', path: 'sftp://h/a.csv' }], sftp })).toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringContaining('two ways to log in'),
    })
  })
  it('are never written where they are secret', () => {
    const config = {
      streams: [{ name: 'a', path: 's3://lake/a.csv' }],
      s3: { access_key_id: 'id', secret_access_key: 'secret', session_token: 'token' },
      gcs: { service_account_json: '{}' },
      sftp: { username: 'me', password: 'password', private_key: 'key' },
    }
    expect(secretPlaces(fileConnector.spec, config).map((path) => path.join('.'))).toEqual([
      's3.secret_access_key',
      's3.session_token',
      'gcs.service_account_json',
      'sftp.password',
      'sftp.private_key',
    ])
  })
})

describe('discover', () => {
  it('shows types, nested ones too, and what could be key and cursor', async () => {
    await file(
      'a.jsonl',
      [
        '{"id": 1, "group": "x", "at": "2024-01-01T10:00:00", "price": 1.5, "tags": ["a"], "who": {"name": "Ann"}}',
        '{"id": 2, "group": "x", "at": "2024-01-02T10:00:00", "price": 2.5, "tags": [], "who": null}',
      ].join('\n'),
    )
    const [stream] = await fileConnector.discover(context({ name: 'a', path: 'a.jsonl' }))
    expect(stream).toMatchObject({
      name: 'a',
      supportedSyncModes: ['full_refresh', 'incremental'],
      defaultCursorField: ['_ab_source_file_last_modified'],
      primaryKeyCandidates: [['id']],
      cursorCandidates: [['at'], ['id']],
      jsonSchema: {
        properties: {
          id: { type: ['null', 'integer'] },
          group: { type: ['null', 'string'] },
          at: { format: 'date-time' },
          price: { type: ['null', 'number'] },
          tags: { type: ['null', 'array'] },
          who: { type: ['null', 'object'] },
        },
      },
    })
  })
  it('a stream without a file yet, or with an empty one, has no columns', async () => {
    await file('empty.csv', '')
    const streams = await fileConnector.discover(
      context({ name: 'a', path: '*.nothing' }, { name: 'b', path: 'empty.csv' }),
    )
    expect(streams.map((stream) => stream.jsonSchema)).toEqual([
      { type: 'object', properties: {} },
      { type: 'object', properties: {} },
    ])
  })
})
