import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const models = {
  'models/orders.sql': 'select 1 as id',
  'seeds/names.csv': 'id,name\n1,a\n',
}

describe('a command line that is not understood says what is wrong and what there is', () => {
  test.each([
    ['run orders', 'Got unexpected extra argument (orders)', 'To name models and the like: --select orders'],
    ['run-operation a b', 'Got unexpected extra argument (b)', '--help'],
    ['run --select', "Option '--select' requires an argument.", 'For example: --select <name>'],
    ['run --exclude --quiet', "Option '--exclude' requires an argument.", 'For example'],
    ['run --target --quiet', "Option '--target' requires an argument.", 'For example: --target <name>'],
    ['run --fail-fast=true', "Option '--fail-fast' does not take a value.", '--no-fail-fast the opposite'],
    ['run --selct orders', "No such option '--selct'.", "Did you mean '--select'?"],
    ['run --limit 5', "No such option '--limit'.", '`run` has no --limit. It is a flag of show.'],
    ['ls --resource-type modle', "'modle' is not one of 'model', 'seed'", "Did you mean 'model'?"],
    ['show --output yaml --select orders', "'yaml' is not one of 'json', 'text'", 'show --help'],
    ['show --inline x --select orders', '--inline is not allowed with --select.', 'Leave one of them out'],
    [
      'parse --project-dir nowhere',
      "Invalid value for '--project-dir': Path 'nowhere' does not exist.",
      'parse --help',
    ],
    [
      'ls --profiles-dir seeds/names.csv',
      "Invalid value for '--profiles-dir': Directory 'seeds/names.csv' is a",
      'ls --help',
    ],
    ['init --frob', "No such option '--frob'.", "Try 'millrace dbt init --help'"],
    ['docs gen', "No such command 'gen'.", 'dbt docs generate'],
  ])('%s', async (command, message, hint) => {
    const { code, output } = await new TempProject(models).dbt(command)
    expect(code).toBe(2)
    expect(output).toMatch(/^Usage: millrace dbt /)
    expect(output).toContain(message)
    expect(output).toContain(hint)
    expect(output).not.toMatch(/^ +at .*\(/m)
  })
})

describe('--version and --help', () => {
  const version = /^Millrace, dbt-compatible with dbt Core \S+$/
  test.each(['--version', 'run -V', 'run --select orders -v', '--version run', 'source --version'])(
    '`%s` asks for the version',
    async (command) => {
      const { code, output } = await new TempProject(models).dbt(command)
      expect(code).toBe(0)
      expect(output).toMatch(version)
    },
  )

  test('behind a flag that takes a value they are its value', async () => {
    const project = new TempProject(models)
    for (const word of ['--version', '--help']) {
      const vars = await project.dbt(`run --vars ${word}`)
      expect(vars.code).toBe(2)
      expect(vars.output).toContain(`Invalid value for '--vars': String '${word}' is not valid YAML`)
      const selecting = await project.dbt(`run --select ${word}`)
      expect(selecting.output).toContain(`The selection criterion '${word}' does not match any enabled nodes`)
    }
    expect((await project.dbt('--version --nonsense')).output).toContain("No such option '--nonsense'.")
  })
})

test('of a flag given twice the last counts, of a list all', async () => {
  const project = new TempProject(models)
  const { output } = await project.dbt('ls --quiet --output path --output name --select orders --select names')
  expect(output).toBe('orders\nnames')
})

test('flags and words of other commands may stand in front, and -s is what init says it is', async () => {
  const project = new TempProject(models)
  expect((await project.dbt('--quiet ls --select orders')).output).toBe('shop.orders')
  expect((await project.dbt('init -s other')).output).not.toContain('selection criterion')
})

test.each([
  ['--target seed run --frob', /^Usage: millrace dbt run /],
  ['--target=seed --select seed --quiet run --help', /^Usage: millrace dbt run /],
  ['--quiet --help', /^Usage: millrace dbt <command> /],
  ['--target seed nope --help', /No such command 'nope'/],
])('the command is no value of a flag in front of it: %s', async (command, expected) => {
  expect((await new TempProject(models).dbt(command)).output).toMatch(expected)
})

describe('variables of the environment', () => {
  const list = (env: Readonly<Record<string, string>>, command = 'ls --quiet') =>
    new TempProject(models).dbt(command, { env })

  test.each([
    [{ DBT_RESOURCE_TYPES: 'seed' }, 'shop.names'],
    [{ DBT_ENGINE_RESOURCE_TYPES: 'model seed' }, 'shop.orders\nshop.names'],
    [{ DBT_EXCLUDE_RESOURCE_TYPES: 'seed' }, 'shop.orders'],
  ])('%j is the flag', async (env, expected) => {
    expect((await list(env)).output.split('\n').sort()).toEqual(expected.split('\n').sort())
  })

  test('what the command line says goes first', async () => {
    expect((await list({ DBT_RESOURCE_TYPES: 'seed' }, 'ls --quiet --resource-type model')).output).toBe('shop.orders')
  })

  test('a wrong value is refused by the name of the variable', async () => {
    const { code, output } = await list({ DBT_RESOURCE_TYPES: 'sed' })
    expect(code).toBe(2)
    expect(output).toContain('It stands in the environment variable DBT_RESOURCE_TYPES.')
  })

  test('commands that have no such flag take no notice, and threads are nothing that dbt reads there', async () => {
    const { code, output, results } = await list({ DBT_RESOURCE_TYPES: 'seed', DBT_THREADS: 'many' }, 'run')
    expect(code).toBe(0)
    expect(Object.keys(results)).toEqual(['orders'])
    expect(output).toContain('Concurrency: 2 threads')
  })
})

describe('a selection that names nothing', () => {
  test.each(['build', 'run', 'test', 'seed', 'snapshot', 'compile', 'show', 'docs generate', 'source freshness'])(
    '%s says so and goes well',
    async (command) => {
      const { code, output } = await new TempProject(models).dbt(`${command} --select nope`)
      expect(code).toBe(0)
      expect(output).toContain("The selection criterion 'nope' does not match any enabled nodes")
      expect(output.split('Nothing to do.').length).toBe(2)
      expect(output).not.toContain('Finished running')
    },
  )

  test('of a name, it says which one was meant', async () => {
    const { output } = await new TempProject(models).dbt('run --select +ordrs')
    expect(output).toMatch(/'\+ordrs' does not match any enabled nodes\n\S+ +Did you mean 'orders'\?/)
  })

  test('so does clone', async () => {
    const project = new TempProject(models)
    await project.dbt('parse')
    const { code, output } = await project.dbt('clone --state target --select nope')
    expect(code).toBe(0)
    expect(output).toContain('Nothing to do.')
    expect(output).not.toContain('Finished running')
  })

  test('list has words of its own', async () => {
    const { code, output } = await new TempProject(models).dbt('list --select nope')
    expect(code).toBe(0)
    expect(output).toContain('No nodes selected!')
  })
})
