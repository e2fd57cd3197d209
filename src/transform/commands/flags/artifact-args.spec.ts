import { expect, test } from 'vitest'
import { registerSecret } from '../../../base/index.js'
import { argsOfFlags, flagsOfArgs } from './artifact-args.js'

test('flags come back from the artifact as they were', () => {
  const flags = {
    select: ['a+', 'b'],
    fullRefresh: true,
    threads: 3,
    vars: '{"x":1}',
    indirect: 'empty',
    noWriteJson: true,
  }
  expect(argsOfFlags(flags)).toMatchObject({ full_refresh: true, indirect_selection: 'empty', write_json: false })
  expect(flagsOfArgs(argsOfFlags(flags))).toEqual(flags)
})

test('what dbt writes of flags that were not given changes nothing', () => {
  expect(
    flagsOfArgs({
      empty: false,
      defer: false,
      favor_state: false,
      fail_fast: false,
      full_refresh: false,
      exclude: [],
      select: [],
      vars: {},
      write_json: true,
      which: 'run',
      target: null,
      project_dir: '/x',
    }),
  ).toEqual({})
})

test('vars that dbt wrote as a mapping', () => {
  expect(flagsOfArgs({ vars: { start: '2024-01-01' } })).toEqual({ vars: '{"start":"2024-01-01"}' })
})

test("a secret's value is masked wherever it stands", () => {
  registerSecret('hunter2secret')
  const args = argsOfFlags({ vars: '{x: hunter2secret, day: monday}', args: '{y: [hunter2secret]}' })
  expect(args).toEqual({ vars: { x: '**********', day: 'monday' }, args: { y: ['**********'] } })
  expect(flagsOfArgs(args)).toEqual({ vars: '{"day":"monday"}' })
})

test('a secret among the vars is masked, and a retry does not take the mask for its value', () => {
  const args = argsOfFlags({ vars: '{DBT_ENV_SECRET_word: sesame, day: monday}' })
  expect(args).toEqual({ vars: { DBT_ENV_SECRET_word: '*****', day: 'monday' } })
  expect(flagsOfArgs(args)).toEqual({ vars: '{"day":"monday"}' })
})
