import { expect, test } from 'vitest'
import { writtenConfig } from './config-text.js'

test('what is no literal is kept as it is written', () => {
  expect(
    writtenConfig(`{{ config(materialized = env_var('KIND', "a, b"), tags=['x', 'y'], enabled=true, schema=var("s")
      ~ '_x', pre_hook=["{{ log('a') }}"], meta={'n': 1e3}) }} select ')'`),
  ).toEqual({ materialized: 'env_var(\'KIND\', "a, b")', schema: 'var("s")\n      ~ \'_x\'' })
})

test('without a config there is nothing', () => {
  expect(writtenConfig('select config(1)')).toEqual({})
})
