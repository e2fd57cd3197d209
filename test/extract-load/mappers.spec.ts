import { constants, createDecipheriv, createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeSmallSources, type SmallRow } from '../support/small-sources.js'
import { SyncBench } from '../support/sync-bench.js'

const rows: readonly SmallRow[] = [
  { id: 1, mail: 'ann@x.org', n: 5, land: 'DE', at: '2024-01-01' },
  { id: 2, mail: null, n: 7, land: 'FR', at: '2024-01-02' },
  { id: 3, mail: 'cleo@x.org', n: 5, land: 'DE', at: '2024-01-03' },
]
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')
const key = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'

function decrypted(value: unknown): string {
  const bytes = Buffer.from(String(value), 'base64')
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString()
}

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicDer = pair.publicKey.export({ format: 'der', type: 'spki' })

/** As OpenSSL reads it; of the older padding Node.js leaves that to who calls it. */
function decryptedByRsa(value: unknown, padding: 'PKCS1' | 'OAEP'): string {
  const bytes = Buffer.from(String(value), 'hex')
  if (padding === 'OAEP')
    return privateDecrypt(
      { key: pair.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      bytes,
    ).toString()
  const padded = privateDecrypt({ key: pair.privateKey, padding: constants.RSA_NO_PADDING }, bytes)
  expect([...padded.subarray(0, 2)]).toEqual([0, 2])
  return padded.subarray(padded.indexOf(0, 2) + 1).toString()
}

describeSmallSources((kind, small) => {
  const sync = async (mappers: string, more = '', held = rows) =>
    (
      await small.bench.syncStreams(await small.source.holding(held), `{ s: { mappers: [${mappers}]${more} } }`, {
        env: { KEY: key },
      })
    )[0]

  it.each([
    ['MD5', 'md5'],
    ['SHA-1', 'sha1'],
    ['SHA-256', 'sha256'],
    ['SHA-512', 'sha512'],
  ])('hashing: %s', async (method, algorithm) => {
    const hashing = (field: string) => `{ type: hashing, field: ${field}, method: ${method} }`
    expect(await sync(`${hashing('MAIL')}, ${hashing('n')}`)).toMatchObject({
      status: 'succeeded',
      recordsCommitted: 3,
    })
    expect(await small.bench.query('select id, mail, n from raw.s order by id')).toEqual([
      [1, digest(algorithm, 'ann@x.org'), digest(algorithm, '5')],
      [2, null, digest(algorithm, '7')],
      [3, digest(algorithm, 'cleo@x.org'), digest(algorithm, '5')],
    ])
  })

  it('encryption: what is loaded can be read with the key, and equal texts stay equal', async () => {
    expect(
      await sync("{ type: encryption, field: mail, key: '${KEY}' }, { type: encryption, field: n, key: '${KEY}' }"),
    ).toMatchObject({
      status: 'succeeded',
    })
    const held = await small.bench.query('select mail, n from raw.s order by id')
    expect(held.map(([mail]) => (mail === null ? null : decrypted(mail)))).toEqual(['ann@x.org', null, 'cleo@x.org'])
    expect(held.map(([, n]) => decrypted(n))).toEqual(['5', '7', '5'])
    expect(held[0]?.[1]).toBe(held[2]?.[1])
  })

  it.each([
    ['PKCS1', '', publicDer.toString('hex'), 245],
    ['OAEP', ', padding: OAEP', publicDer.toString('base64'), 190],
  ] as const)(
    'encryption by RSA, %s: read with the private key, another text each time; what is too long is noted',
    async (padding, setting, publicKey, most) => {
      const rsa = (field: string) =>
        `{ type: encryption, algorithm: RSA, field: ${field}, public_key: ${publicKey}${setting} }`
      const long = rows.map((row) => ({
        ...row,
        land: row.id === 1 ? 'ü'.repeat(most / 2).padEnd(most / 2 + (most % 2), '.') : `${'x'.repeat(most)}y`,
      }))
      expect(await sync(`${rsa('mail')}, ${rsa('n')}, ${rsa('land')}`, '', long)).toMatchObject({
        status: 'succeeded',
        recordsCommitted: 3,
      })
      const held = await small.bench.query(
        'select mail, n, land, cast(_airbyte_meta as varchar) from raw.s order by id',
      )
      expect(held.map(([mail]) => (mail === null ? null : decryptedByRsa(mail, padding)))).toEqual([
        'ann@x.org',
        null,
        'cleo@x.org',
      ])
      expect(held.map(([, n]) => decryptedByRsa(n, padding))).toEqual(['5', '7', '5'])
      expect(held[0]?.[1]).not.toBe(held[2]?.[1])
      expect(held.map(([, , land]) => (land === null ? null : decryptedByRsa(land, padding)))).toEqual([
        long[0]?.land,
        null,
        null,
      ])
      expect(held.map(([, , , meta]) => JSON.parse(String(meta)).changes)).toEqual([
        [],
        ...[1, 2].map(() => [{ field: 'land', change: 'NULLED', reason: 'PLATFORM_SERIALIZATION_ERROR' }]),
      ])
    },
  )

  it('rows with a key are found again although RSA makes another text of them', async () => {
    const mapper = `{ type: encryption, algorithm: RSA, field: mail, public_key: ${publicDer.toString('hex')} }`
    const dedup = ', sync_mode: incremental, primary_key: id, cursor_field: at'
    await sync(mapper, dedup)
    expect(await sync(mapper, dedup)).toMatchObject({ status: 'succeeded', tableRows: 3, schemaChanges: [] })
  })

  it('field-renaming and field-filtering: other names, and fields that are not there', async () => {
    await sync('{ type: field-renaming, field: mail, to: Contact }, { type: field-filtering, field: n }')
    expect(await small.columns()).toEqual(['id', 'Contact', 'land', 'at'])
    expect(await small.bench.query('select "Contact" from raw.s where id = 1')).toEqual([['ann@x.org']])
  })

  it.each([
    ['{ field: land, equal: DE }', [1, 3]],
    ['{ field: n, equal: 7 }', [2]],
    ['{ field: mail, equal: null }', [2]],
    ['{ not: { field: mail, equal: ann@x.org } }', [2, 3]],
    [
      '{ or: [ { field: at, equal: "2024-01-02" }, { and: [ { field: land, equal: DE }, { field: id, equal: 3 } ] } ] }',
      [2, 3],
    ],
    ['{ field: land, equal: XX }', []],
  ])('row-filtering: %s', async (where, ids) => {
    // By the values of the source, whatever becomes of them.
    const result = await sync(`{ type: hashing, field: land }, { type: row-filtering, where: ${where} }`)
    expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: ids.length, tableRows: ids.length })
    expect((await small.bench.query('select id from raw.s order by id')).flat()).toEqual(ids)
    if (kind === 'airbyte') expect(result?.recordsRead).toBe(3)
  })

  it('keys, cursors and ties are found under their new names and values', async () => {
    const mappers =
      "{ type: hashing, field: id }, { type: field-renaming, field: id, to: key }, { type: field-renaming, field: at, to: day }, { type: encryption, field: mail, key: '${KEY}' }"
    const dedup = ', sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id, cursor_field: at'
    await sync(mappers, dedup)
    const later = [
      { id: 1, mail: 'new@x.org', n: 6, land: 'DE', at: '2024-01-04' },
      { id: 3, mail: 'cleo@x.org', n: 5, land: 'DE', at: '2024-01-03' },
      { id: 4, mail: 'dora@x.org', n: 8, land: 'IT', at: '2024-01-03' },
    ]
    expect(await sync(mappers, dedup, later)).toMatchObject({ status: 'succeeded', tableRows: 4, schemaChanges: [] })
    const held = await small.bench.query('select key, mail, n from raw.s order by n, key')
    expect(held.map(([, mail]) => (mail === null ? null : decrypted(mail))).sort()).toEqual([
      'cleo@x.org',
      'dora@x.org',
      'new@x.org',
      null,
    ])
    expect(held.find(([, , n]) => n === 6)?.[0]).toBe(digest('sha256', '1'))
  })

  it('rows that tie with the last value of a cursor are not doubled', async () => {
    // A connector goes on by a state of its own.
    if (kind === 'airbyte') return
    const mappers =
      "{ type: encryption, field: mail, key: '${KEY}' }, { type: hashing, field: land }, { type: field-renaming, field: at, to: day }"
    const byDay = ', sync_mode: incremental, cursor_field: at'
    await sync(mappers, byDay)
    expect(await sync(mappers, byDay)).toMatchObject({ status: 'succeeded', recordsCommitted: 0, tableRows: 3 })
    const more = [...rows, { id: 5, mail: 'eve@x.org', n: 1, land: 'DE', at: '2024-01-03' }]
    expect(await sync(mappers, byDay, more)).toMatchObject({ recordsCommitted: 1, tableRows: 4 })
  })

  it('a field that there is not stops the stream: it may have come under another name', async () => {
    const mapper = '{ type: hashing, field: mail }'
    await sync(mapper)
    const other = rows.map(({ mail, ...row }) => ({ ...row, email: mail ?? null }))
    expect(await sync(mapper, '', other)).toMatchObject({
      status: 'failed',
      error: {
        code: 'FIELD_NOT_FOUND',
        at: { file: 'el/c.yaml', line: 4 },
        hint: expect.stringContaining("Did you mean 'email'?"),
      },
    })
    expect(await small.columns()).toContain('mail')
    expect(await small.columns()).not.toContain('email')
  })

  it('a name that another field has is refused', async () => {
    expect(await sync('{ type: field-renaming, field: mail, to: LAND }')).toMatchObject({
      status: 'failed',
      error: { code: 'MAPPER_INVALID' },
    })
    expect(await small.columns()).toEqual([])
    expect(
      await sync('{ type: field-renaming, field: mail, to: land }, { type: field-filtering, field: land }'),
    ).toMatchObject({
      status: 'succeeded',
    })
    expect(
      await sync('{ type: field-renaming, field: mail, to: land }, { type: field-renaming, field: land, to: mail }'),
    ).toMatchObject({
      status: 'succeeded',
    })
    expect(await small.bench.query('select mail, land from raw.s where id = 1')).toEqual([['DE', 'ann@x.org']])
  })

  it('a table that is added to is loaded anew when its mappers change', async () => {
    const added = ', sync_mode: full_refresh, destination_sync_mode: append'
    await sync('', added)
    expect(await sync('{ type: hashing, field: mail }', added)).toMatchObject({
      error: {
        code: 'STREAM_MODE_CHANGED',
        message: expect.stringContaining('other `mappers`: none then, `mail` hashed by SHA-256 now'),
      },
    })
    expect(await sync('{ type: row-filtering, where: { field: id, equal: 1 } }', added)).toMatchObject({
      status: 'succeeded',
      tableRows: 4,
    })
  })
})

it('a load that was broken off keeps nothing in clear, and goes on with the rows that are let through', async () => {
  const bench = await SyncBench.open()
  try {
    const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))
    const properties = { id: { type: 'integer' }, mail: { type: 'string' }, land: { type: 'string' } }
    const streams = [{ name: 's', json_schema: { properties }, supported_sync_modes: ['full_refresh', 'incremental'] }]
    const record = (id: number, land: string) => ({
      type: 'RECORD',
      record: { stream: 's', data: { id, mail: `m${id}@x.org`, land }, emitted_at: 1 },
    })
    const state = (next: number) => ({
      type: 'STATE',
      state: { type: 'STREAM', stream: { stream_descriptor: { name: 's' }, stream_state: { next } } },
    })
    const source = (script: object[], exit: number) =>
      `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify({ streams, script, exit })} } }`
    const settings =
      '{ s: { sync_mode: incremental, mappers: [ { type: hashing, field: mail }, { type: row-filtering, where: { field: land, equal: DE } } ] } }'
    const broken = [record(1, 'DE'), record(2, 'FR'), record(3, 'DE'), state(4), record(4, 'DE')]
    expect((await bench.syncStreams(source(broken, 1), settings))[0]).toMatchObject({ status: 'failed' })
    const [left] = (await bench.warehouse.listRelations({ schemas: ['raw'] })).map(({ identifier }) => identifier)
    expect(left).toMatch(/^_airbyte_tmp_s_/)
    expect(JSON.stringify(await bench.query(`select mail from raw."${left}"`))).not.toContain('@x.org')
    const rest = [record(5, 'FR'), record(6, 'DE'), state(7)]
    expect((await bench.syncStreams(source(rest, 0), settings))[0]).toMatchObject({ status: 'succeeded', tableRows: 3 })
    expect(await bench.query('select id, mail from raw.s order by id')).toEqual(
      [1, 3, 6].map((id) => [id, digest('sha256', `m${id}@x.org`)]),
    )
  } finally {
    await bench.close()
  }
})

describe('a key', () => {
  let bench: SyncBench
  beforeEach(async () => {
    bench = await SyncBench.open()
    await bench.write('s.csv', 'id,mail\n1,a\n')
  })
  afterEach(() => bench.close())
  const source = '{ connector: file, config: { streams: [ { name: s, path: s.csv } ] } }'
  const encryption = (value: string) => `{ s: { mappers: [ { type: encryption, field: mail, key: ${value} } ] } }`

  it('stands in no file, and is not shown where it does', async () => {
    const failed = await bench.syncStreams(source, encryption(`'${key}'`)).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'CONNECTION_INVALID', at: { file: 'el/c.yaml', line: 4 } })
    expect(JSON.stringify([failed, (failed as Error).message, (failed as { frame?: string }).frame])).not.toContain(key)
  })

  it('of RSA that is the private one is not shown', async () => {
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
    const lines = pem.trim().split('\n')
    const settings = `\n  s:\n    mappers:\n      - type: encryption\n        algorithm: RSA\n        field: mail\n        public_key: |\n${lines.map((line) => `          ${line}`).join('\n')}`
    const failed = await bench.syncStreams(source, settings).catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringContaining('is no public key of RSA'),
      at: { file: 'el/c.yaml', line: 10 },
    })
    const shown = JSON.stringify([failed, (failed as Error).message, (failed as { frame?: string }).frame])
    for (const line of lines.slice(1, -1)) expect(shown).not.toContain(line)
  })

  it('of RSA may be PEM in the file', async () => {
    const pem = (pair.publicKey.export({ format: 'pem', type: 'spki' }) as string).trim().split('\n')
    const settings = `\n  s:\n    mappers:\n      - type: encryption\n        algorithm: RSA\n        field: mail\n        public_key: |\n${pem.map((line) => `          ${line}`).join('\n')}`
    await bench.syncStreams(source, settings)
    expect(decryptedByRsa((await bench.query('select mail from raw.s'))[0]?.[0], 'PKCS1')).toBe('a')
  })

  it('that is none is refused without being shown', async () => {
    const failed = await bench
      .syncStreams(source, encryption("'${KEY}'"), { env: { KEY: 'too-short-a-key' } })
      .catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringContaining('is no key of 32 bytes'),
      at: { file: 'el/c.yaml', line: 4 },
    })
    expect(JSON.stringify([failed, (failed as Error).message])).not.toContain('too-short-a-key')
  })

  it('is in no part of what is kept', async () => {
    await bench.syncStreams(source, encryption("'${KEY}'"), { env: { KEY: key } })
    expect(JSON.stringify(await bench.query('select * from _millrace.stream_state'))).not.toContain(key)
    expect(await readFile(bench.path('el/c.yaml'), 'utf8')).not.toContain(key)
  })
})
