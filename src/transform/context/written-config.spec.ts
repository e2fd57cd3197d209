import { expect, test } from 'vitest'
import { JinjaEnvironment } from '../../jinja/index.js'
import { isPlain, writtenConfigOf } from './written-config.js'

test('texts are what they say, everything else is as it is written', () => {
  expect(
    writtenConfigOf(`{{ config(materialized = env_var('KIND', "a, b"), tags=["x", 'y'], enabled=true, schema=var("s")
      ~ '_x', pre_hook=["{{ log('a') }}"], meta={'n': 1e3, "m": none}, alias='it''s', limit=-2,
      unique_key=(a or b) and not c[1:], x=y|int if z is not defined else (1,)) }} select ')'`),
  ).toEqual({
    materialized: "env_var('KIND', 'a, b')",
    tags: "['x', 'y']",
    enabled: 'True',
    schema: "var('s') ~ '_x'",
    pre_hook: `["{{ log('a') }}"]`,
    meta: "{'n': 1000.0, 'm': None}",
    alias: 'its',
    limit: '-2',
    unique_key: '(a or b) and (not c[1:])',
    x: '(y | int) if (z is not defined) else (1,)',
  })
})

test.each(['select config(1)', "{{ config({'materialized': 'view'}) }}", '{{ config( }}', ''])(
  'nothing in %s',
  (code) => {
    expect(writtenConfigOf(code)).toEqual({})
  },
)

test.each([
  ["{{ config(materialized='table', tags=['a'], meta={'k': ['v']}) }} select * from {{ ref('a') }}", true],
  ['select 1', true],
  ['{{ config(enabled=true) }}', false],
  ["{{ config(alias=var('a')) }}", false],
  ["{{ config(post_hook='select 1') }}", false],
  ["{{ config(alias='a') }}{% if x %}{% endif %}", false],
  ["select {{ cents('a') }}", false],
])('%s is plain: %s', (source, expected) => {
  expect(isPlain(new JinjaEnvironment().compile({ name: 'a', source }))).toBe(expected)
})
