import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

async function parse(files: Readonly<Record<string, string>>) {
  return await new TempProject({ 'models/a.sql': 'select 1 as id', ...files }).dbt('parse')
}

const project = (text: string) => ({ 'dbt_project.yml': `name: shop\nprofile: shop\n${text}\n` })
const profile = (text: string) => ({
  'profiles.yml': `shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n${text}\n`,
})
const packages = (text: string) => ({ 'packages.yml': `packages:\n${text}\n` })
const selectors = (text: string) => ({ 'selectors.yml': `selectors:\n  - name: nightly\n    definition: ${text}\n` })

describe('a value of the wrong kind is refused, and shown where it stands', () => {
  test.each([
    [project('on-run-start: 3'), "['on-run-start']: 3 is not valid under any", 'dbt_project.yml:3:15'],
    [
      project('on-run-end: [{ sql: select 1 }]'),
      "['on-run-end']: [{'sql': 'select 1'}] is not",
      'dbt_project.yml:3:13',
    ],
    [project('model_paths: [m]'), "('model_paths' was unexpected)", 'dbt_project.yml:3:14'],
    [project('semantic_models: {}'), "('semantic_models' was unexpected)", 'dbt_project.yml:3:18'],
    [project('vars: []'), "['vars']: [] is not of type 'object'", 'dbt_project.yml:3:7'],
    [project('dispatch: { dbt: [shop] }'), "['dispatch']: {'dbt': ['shop']} is not of type", 'dbt_project.yml:3:11'],
    [project('dispatch: [{ macro_namespace: dbt }]'), "'search_order' is a required", 'dbt_project.yml:3:12'],
    [project('exposures:'), "['exposures']: None is not of type 'object'", 'dbt_project.yml:3:11'],
    [project('quoting: { identifiers: true }'), "('identifiers' was unexpected)", 'dbt_project.yml:3:25'],
    [project('restrict-access: "yes"'), "['restrict-access']: 'yes' is not of type", 'dbt_project.yml:3:18'],
    [project('flags: []'), "['flags']: [] is not of type 'object'", 'dbt_project.yml:3:8'],
    [project('flags: { printer_width: x }'), "The flag 'printer_width' cannot be", 'dbt_project.yml:3:25'],
    [project('models: { +pre-hook: 3 }'), "['pre-hook'][0]: 3 is not of type", 'dbt_project.yml:3:22'],
    [project('models: { +enabled: maybe }'), "['enabled']: 'maybe' is not of type", 'dbt_project.yml:3:21'],
    [{ 'dbt_project.yml': '- name: shop\n' }, 'dbt_project.yml does not parse to a dictionary', 'dbt_project.yml:1:1'],
    [{ 'vars.yml': 'vars: [a]\n' }, "['vars']: ['a'] is not of type 'object'", 'vars.yml:1:7'],
    [profile('      threads: two'), "['threads']: 'two' is not of type 'integer'", 'profiles.yml:6:16'],
    [profile('      path: 3'), "['path']: 3 is not of type 'string'", 'profiles.yml:6:13'],
    [profile('      attach: [x]'), "['attach'][0]: 'x' is not of type 'object'", 'profiles.yml:6:15'],
    [
      { 'profiles.yml': 'shop:\n  target: dev\n  outputs:\n    dev: { path: x }\n' },
      'required field "type" not found',
      'profiles.yml:4:10',
    ],
    [{ 'profiles.yml': 'shop:\n  outputs: [dev]\n' }, "The outputs of the profile 'shop' are", 'profiles.yml:2:12'],
    [packages('  - package: a/b\n    version: { a: b }'), "['version']: {'a': 'b'} is not", 'packages.yml:3:14'],
    [packages('  - local: x\n    revision: 1'), "('revision' was unexpected)", 'packages.yml:3:15'],
    [packages('  - a'), 'Entry 1 is no mapping', 'packages.yml:2:5'],
    [{ 'packages.yml': 'package: []\n' }, "('package' was unexpected)", 'packages.yml:1:10'],
    [selectors('[tag:x]'), "['definition']: ['tag:x'] is not valid under any", 'selectors.yml:3:17'],
    [selectors('{ union: tag:x }'), '`union` takes a list', 'selectors.yml:3:17'],
    [selectors('{ nope: x }'), "'nope' is not a valid method name", 'selectors.yml:3:17'],
    [selectors('{ union: [a], method: tag }'), 'can stand at its root, alone', 'selectors.yml:3:17'],
    [{ 'selectors.yml': 'selectors:\n' }, "['selectors']: None is not of type 'array'", 'selectors.yml:1:11'],
  ])('%j', async (files, message, place) => {
    const { code, output } = await parse(files as Readonly<Record<string, string>>)
    expect(code, output).toBe(2)
    expect(output).toContain(message)
    expect(output).toContain(place)
  })
})

test.each([
  project('models:\nseeds:\nmodel-paths:\ntests: {}\ndata_tests: {}\nflags: { fail_fast: 1 }'),
  project('models: { shop: { +post-hook: { sql: 3, more: x } } }'),
  project('on-run-start:\nvars:\nquoting:\nquery-comment: { comment: x, job-label: true }'),
  profile("      schema: \"{{ env_var('NO_SUCH', '3') }}\""),
  selectors('{ method: null, value: a }'),
  selectors('{ method: tag, value: x, children: 1, children_depth: "2" }'),
  { 'selectors.yml': '' },
  { 'packages.yml': 'packages:\n' },
])('what dbt takes is taken: %j', async (files) => {
  const { code, output } = await parse(files)
  expect(code, output).toBe(0)
})

test('a hook that is JSON, and no mapping, is refused where it stands', async () => {
  const { output } = await parse({ 'models/a.yml': 'models:\n  - name: a\n    config:\n      pre_hook: ["3"]\n' })
  expect(output).toContain("at path ['pre-hook'][0]: 3 is not of type 'object'")
  expect(output).toContain('models/a.yml:4:18')
})
