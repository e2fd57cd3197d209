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
})
