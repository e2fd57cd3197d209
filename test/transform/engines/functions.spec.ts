import { expect, it } from 'vitest'
import { describeEngines } from './engines.js'

const shop = {
  'functions/double_it.sql': 'select value * 2',
  'functions/schema.yml': `functions:
  - name: double_it
    description: Doubles a number
    config: { volatility: deterministic }
    arguments: [{ name: value, data_type: integer }]
    returns: { data_type: integer }
`,
  'models/numbers.sql': "{{ config(materialized='table') }} select {{ function('double_it') }}(21) as n",
}

describeEngines('functions of a project', (makeProject, engine) => {
  it('are made before the models that call them, and can be asked for', async () => {
    const project = await makeProject(shop)
    const { code, output, results } = await project.dbt('build')
    expect(code, output).toBe(0)
    expect(Object.keys(results)).toEqual(['double_it', 'numbers'])
    expect(await project.rows('select n from main.numbers')).toEqual([{ n: 42 }])
    expect((await project.dbt('ls --resource-type function')).output).toContain('shop.double_it')
    const shown = await project.dbt(['show', '--inline', "select {{ function('double_it') }}(4) as n"])
    expect(shown.output).toMatch(/\| +8 +\|/)
    const manifest = JSON.parse(project.read('target/manifest.json')) as { functions: Record<string, unknown> }
    expect(manifest.functions['function.shop.double_it']).toMatchObject({
      arguments: [{ name: 'value', data_type: 'integer' }],
      returns: { data_type: 'integer' },
      config: { volatility: 'deterministic', type: 'scalar' },
    })
  })

  it('that are named and not there are an error of the model', async () => {
    const project = await makeProject({ 'models/a.sql': `select {{ function('nothing') }}(1) as ${engine}` })
    const { code, output } = await project.dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain("depends on a function named 'nothing' which was not found")
  })

  it('say where an argument without a default comes too late', async () => {
    const args = '[{ name: a, data_type: integer, default_value: 0 }, { name: b, data_type: integer }]'
    const yaml = shop['functions/schema.yml'].replace(/arguments: .*/, `arguments: ${args}`)
    const project = await makeProject({ ...shop, 'functions/schema.yml': yaml })
    expect((await project.dbt('parse')).output).toContain(
      "Non-defaulted argument 'b' of function 'double_it' comes after a defaulted argument.",
    )
  })

  const overloaded = {
    ...shop,
    'functions/schema.yml': `${shop['functions/schema.yml']}    overloads:
      - defined_in: double_text
        arguments: [{ name: value, data_type: text }]
        returns: { data_type: text }
      - defined_in: double_any
        arguments: [{ name: value, data_type: float }, { name: times, data_type: float }]
        returns: { data_type: float }
`,
    'functions/double_text.sql': 'select value || {{ "value" }}',
    'functions/double_any.sql': "select value * times + {{ function('one') }}()",
    'functions/one.sql': 'select 1.0',
    'functions/one.yml': 'functions: [{name: one, returns: {data_type: float}}]\n',
  }

  it('have overloads: one function for others, several for the database', async () => {
    const project = await makeProject(overloaded)
    const { code, output, results } = await project.dbt('compile')
    expect(code, output).toBe(0)
    expect(Object.keys(results).sort()).toEqual(['double_it', 'numbers', 'one'])
    const read = () =>
      JSON.parse(project.read('target/manifest.json')).functions['function.shop.double_it'] as Record<string, never>
    expect(read()).toMatchObject({
      depends_on: { nodes: ['function.shop.one'] },
      overloads: [
        {
          defined_in: 'double_text',
          arguments: [{ name: 'value', data_type: 'text' }],
          raw_body: 'select value || {{ "value" }}',
          compiled_body: 'select value || value',
        },
        { defined_in: 'double_any' },
      ],
    })
    await project.dbt('parse --target-path state')
    project.write({ 'functions/double_text.sql': 'select value || value || value' })
    expect((await project.dbt('ls --quiet -s state:modified --state state')).output).toContain('shop.double_it')
  })

  it('that cannot be made for all arguments are partly made, and retried for the rest', async () => {
    if (engine === 'duckdb') return // Its functions have no types: the last one would take the place of the others.
    const project = await makeProject({ ...overloaded, 'functions/double_text.sql': 'select value || nothing' })
    const failed = await project.dbt('build -s double_it one')
    expect(failed.code).toBe(1)
    expect(failed.output).toContain('PARTIAL SUCCESS')
    expect(failed.results.double_it).toMatchObject({
      status: 'partial success',
      overload_results: { successful: ['double_any'], failed: ['double_text'] },
    })
    project.write({ 'functions/double_text.sql': overloaded['functions/double_text.sql'] })
    const retried = await project.dbt('retry')
    expect(retried.output).toContain('SKIP function double_it overload double_any')
    expect(retried.results.double_it).toMatchObject({
      status: 'success',
      overload_results: { successful: ['double_text', 'double_any'], failed: [] },
    })
    const called = "select {{ function('double_it') }}('ab'::text) as t, {{ function('double_it') }}(2.0, 3.0) as n"
    expect((await project.dbt(['show', '--inline', called])).output).toMatch(/abab +\| +7/)
  })

  it.each([
    ['defined_in: double_text', 'defined_in: double_it', "Function 'double_it' cannot list itself in overloads"],
    ['defined_in: double_text', 'defined_in: double_any', "is already used by 'function.shop.double_it'"],
    ['defined_in: double_text', 'defined_in: other', "Function overload 'other' (defined_in) not found."],
  ])('say what is wrong with an overload: %s → %s', async (old, replacement, expected) => {
    const yaml = overloaded['functions/schema.yml'].replace(old, replacement)
    const project = await makeProject({ ...overloaded, 'functions/schema.yml': yaml })
    expect((await project.dbt('parse')).output).toContain(expected)
  })
})
