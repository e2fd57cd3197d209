import { expect, it } from 'vitest'
import type { Mapper } from '../../extract-load/index.js'
import { type AirbyteMapper, readMappers, tellMappers } from './mapper-words.js'

const mapper = (type: string, mapperConfiguration: object): AirbyteMapper => ({
  type,
  mapperConfiguration: { ...mapperConfiguration },
})
const equal = (fieldName: string, comparisonValue: string) => ({ type: 'EQUAL', fieldName, comparisonValue })
const hash = (targetField: string, fieldNameSuffix: string) => ({ targetField, method: 'MD5', fieldNameSuffix })

it.each<readonly [string, readonly Mapper[], readonly AirbyteMapper[]]>([
  [
    'a suffix is a name of its own',
    [
      { type: 'hashing', field: 'mail', method: 'MD5' },
      { type: 'field-renaming', field: 'mail', to: 'mail_hashed' },
    ],
    [mapper('hashing', hash('mail', '_hashed'))],
  ],
  [
    'without a suffix the name stays',
    [
      { type: 'hashing', field: 'mail', method: 'MD5' },
      { type: 'field-renaming', field: 'mail', to: 'who' },
    ],
    [mapper('hashing', hash('mail', '')), mapper('field-renaming', { originalFieldName: 'mail', newFieldName: 'who' })],
  ],
  [
    'a name is given once it is free, and no earlier',
    [
      { type: 'hashing', field: 'a', method: 'MD5' },
      { type: 'field-renaming', field: 'a_hashed', to: 'c' },
      { type: 'field-renaming', field: 'a', to: 'a_hashed' },
    ],
    [
      mapper('hashing', hash('a', '')),
      mapper('field-renaming', { originalFieldName: 'a_hashed', newFieldName: 'c' }),
      mapper('field-renaming', { originalFieldName: 'a', newFieldName: 'a_hashed' }),
    ],
  ],
  [
    'rows are chosen first',
    [
      { type: 'row-filtering', where: { field: 'country', equal: 'DE' } },
      {
        type: 'row-filtering',
        where: {
          not: {
            or: [
              { field: 'a', equal: '1' },
              { field: 'b', equal: '2' },
            ],
          },
        },
      },
      { type: 'field-filtering', field: 'iban' },
    ],
    [
      mapper('row-filtering', { conditions: equal('country', 'DE') }),
      mapper('row-filtering', { conditions: { type: 'NOT', conditions: [equal('a', '1'), equal('b', '2')] } }),
      mapper('field-filtering', { targetField: 'iban' }),
    ],
  ],
  [
    'encryption, by a key and by a public key',
    [
      { type: 'encryption', field: 'a', algorithm: 'AES', key: '${KEY}' },
      { type: 'encryption', field: 'b', algorithm: 'RSA', publicKey: '00', padding: 'PKCS1' },
      { type: 'field-renaming', field: 'b', to: 'b_encrypted' },
    ],
    [
      mapper('encryption', {
        algorithm: 'AES',
        mode: 'GCM',
        padding: 'NoPadding',
        key: '${KEY}',
        targetField: 'a',
        fieldNameSuffix: '',
      }),
      mapper('encryption', { algorithm: 'RSA', publicKey: '00', targetField: 'b', fieldNameSuffix: '_encrypted' }),
    ],
  ],
])('there and back: %s', (_, ours, theirs) => {
  expect(tellMappers(ours)).toEqual({ told: theirs, isPartial: false })
  expect(readMappers(theirs, { takesAes: true })).toEqual({ mappers: ours, lacking: [] })
})

it('a mapper finds the fields as those before it left them', () => {
  const given = [
    mapper('hashing', hash('mail', '_h')),
    mapper('field-renaming', { originalFieldName: 'mail_h', newFieldName: 'who' }),
    mapper('row-filtering', { conditions: equal('mail_h', 'x') }),
    mapper('row-filtering', { conditions: { type: 'AND', conditions: [equal('a', '1'), { type: 'LIKE' }] } }),
  ]
  expect(readMappers(given, { takesAes: true })).toEqual({
    mappers: [
      { type: 'hashing', field: 'mail', method: 'MD5' },
      { type: 'field-renaming', field: 'mail', to: 'who' },
    ],
    lacking: [
      { type: 'row-filtering', why: expect.stringContaining('what another mapper made') },
      { type: 'row-filtering', why: 'has a condition that is not known here' },
    ],
  })
})

it.each<readonly [AirbyteMapper, string, string | undefined]>([
  [mapper('hashing', { ...hash('a', ''), method: 'MD2' }), 'MD2', 'a'],
  [mapper('encryption', { algorithm: 'AES', mode: 'CBC', padding: 'PKCS5Padding', targetField: 'a' }), 'AES/CBC', 'a'],
  [mapper('masking', { targetField: 'a' }), 'is not known', 'a'],
  [mapper('masking', {}), 'names no field', undefined],
])('what has no equal is named: %j', (given, why, field) => {
  const [lacking] = readMappers([given], { takesAes: true }).lacking
  expect(lacking).toMatchObject({ type: given.type, why: expect.stringContaining(why) })
  expect(lacking?.field).toBe(field)
})

it('what Airbyte has no words for is not told, and that is', () => {
  const where = {
    or: [
      { field: 'a', equal: 1 },
      { field: 'b', equal: 2 },
    ],
  }
  expect(tellMappers([{ type: 'row-filtering', where }])).toEqual({ told: [], isPartial: true })
})

it('fields that take the names of each other have no words there; a name that another field gives up is told after that', () => {
  const rename = (field: string, to: string): Mapper => ({ type: 'field-renaming', field, to })
  const told = (...names: Mapper[]) => tellMappers(names)
  expect(told(rename('a', 'b'), rename('b', 'a'))).toEqual({ told: [], isPartial: true })
  const chain = told(rename('a', 'b'), rename('b', 'c'))
  expect(chain.isPartial).toBe(false)
  expect(readMappers(chain.told, { takesAes: true }).mappers).toEqual([rename('b', 'c'), rename('a', 'b')])
})
