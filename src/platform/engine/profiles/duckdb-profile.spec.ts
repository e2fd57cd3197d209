import { expect, test } from 'vitest'
import { setupStatements } from './duckdb-profile.js'

test('extensions, settings and attached databases of a profile become statements', () => {
  expect(
    setupStatements({
      path: 'x.duckdb',
      extensions: ['json', { name: 'h3', repo: 'community' }],
      settings: { memory_limit: '2GB', threads: 2, preserve_insertion_order: false },
      attach: [
        { path: "it's.duckdb", alias: 'other', read_only: true },
        { path: 'x.sqlite', type: 'sqlite' },
      ],
    }),
  ).toEqual([
    'install "json"',
    'load "json"',
    'install "h3" from community',
    'load "h3"',
    "set global memory_limit = '2GB'",
    'set global threads = 2',
    'set global preserve_insertion_order = false',
    `attach if not exists 'it''s.duckdb' as "other" (read_only)`,
    "attach if not exists 'x.sqlite' (type sqlite)",
  ])
})

test('a plain profile asks for nothing', () => expect(setupStatements({ path: 'x.duckdb' })).toEqual([]))

test('secrets are made before what needs them is attached', () => {
  expect(
    setupStatements({
      attach: [{ path: 'dbname=x', type: 'postgres', secret: 'pg', alias: 'pg' }],
      secrets: [
        { type: 'postgres', name: 'pg', host: 'db', extra: { a: "it's" } },
        { type: 's3', provider: 'config', scope: ['s3://a', 's3://b'], persistent: true, key_id: 'k' },
      ],
    }),
  ).toEqual([
    `create or replace secret "pg" (type postgres, host 'db', extra map {'a': 'it''s'})`,
    "create or replace persistent secret (type s3, provider config, key_id 'k', scope 's3://a', scope 's3://b')",
    `attach if not exists 'dbname=x' as "pg" (type postgres, secret "pg")`,
  ])
})
