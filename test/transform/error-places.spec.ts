import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const profile = (rest: string) =>
  `shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: shop.duckdb\n${rest}`

describe('an error names its place', () => {
  test('what a macro refuses while a model is compiled leads back to the model', async () => {
    const { code, output } = await new TempProject({
      'macros/nest.sql':
        '{% macro inner() %}{{ n.foo.bar }}{% endmacro %}\n{% macro outer() %}{{ inner() }}{% endmacro %}',
      'models/a.sql': 'select\n{{ outer() if execute }} as x',
    }).dbt('compile')
    expect(code).toBe(2)
    expect(output).toContain('Compilation Error in model a (models/a.sql)')
    expect(output).toContain('> called by macro outer (macros/nest.sql:2)\n  > called by model a (models/a.sql:2)')
  })

  test('a macro that calls itself without end is named once', async () => {
    const { output } = await new TempProject({
      'macros/again.sql': '{% macro again() %}{{ again() }}{% endmacro %}',
      'models/a.sql': '{{ again() if execute }} select 1 as x',
    }).dbt('compile')
    expect(output.match(/macro again \(/g)).toHaveLength(2)
    expect(output).toMatch(/> … \d+ more, of these again\n {2}> called by model a \(models\/a\.sql:1\)/)
  })

  test.each([
    ['a properties file that is no YAML', 'parse', { 'models/s.yml': 'models:\n - name: a\n  x: 1\n' }, 'Parsing'],
    ['SQL of the command line that DuckDB refuses', ['show', '--inline', 'select x from y'], {}, 'Runtime'],
  ])('%s has the kind that it has in dbt', async (_, command, files, kind) => {
    const { code, output } = await new TempProject({ 'models/a.sql': 'select 1 as x', ...files }).dbt(command)
    expect(code).toBe(2)
    expect(output).toContain(`Encountered an error:\n${kind} Error\n`)
  })

  const broken = '"{{ env_var(\'NO_SUCH\') }}"'
  test.each([
    ['profiles.yml:7', { 'profiles.yml': profile(`      threads: ${broken}\n`) }],
    ['dbt_project.yml:4', { 'dbt_project.yml': `name: shop\nprofile: shop\n\nversion: ${broken}\n` }],
    [
      'dbt_project.yml:4',
      { 'dbt_project.yml': `name: shop\nprofile: shop\nmodels:\n  +schema: ${broken}\n`, 'models/a.sql': 'select 1' },
    ],
    [
      'dbt_project.yml:5',
      { 'dbt_project.yml': `name: shop\nprofile: shop\non-run-start:\n  - select 1\n  - ${broken}\n` },
    ],
    [
      'dbt_project.yml:5',
      { 'dbt_project.yml': `name: shop\nprofile: shop\non-run-start:\n  - |\n    ${broken.slice(1, -1)}\n` },
    ],
    [
      'models/a.yml:4',
      { 'models/a.yml': `models:\n  - name: a\n    config:\n      schema: ${broken}\n`, 'models/a.sql': 'select 1' },
    ],
  ])('a template of YAML fails in the line that it was written in: %s', async (place, files) => {
    const { code, output } = await new TempProject(files).dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain(`${place}`)
    expect(output).toMatch(new RegExp(`> ${place.split(':')[1]} \\| .*NO_SUCH`))
  })
})

describe('a hint says what to do', () => {
  test("of a packaged macro's misspelt name, and of a misspelt test with its line", async () => {
    const project = new TempProject({
      'packages.yml': 'packages:\n  - local: lib\n',
      'lib/dbt_project.yml': 'name: lib\n',
      'lib/macros/m.sql': '{% macro to_euros(x) %}{{ x }}{% endmacro %}',
      'models/a.sql': 'select {{ lib.to_euro(1) }} as x',
      'models/a.yml': 'models:\n  - name: a\n    columns:\n      - name: x\n        data_tests:\n          - uniqe\n',
    })
    await project.dbt('deps')
    const { output } = await project.dbt('parse')
    expect(output).toContain(
      "models/a.sql:1 calls the macro 'lib.to_euro', which does not exist. Did you mean 'to_euros'?",
    )
    expect(output).toContain('models/a.yml:6')
  })

  test('of macros that nobody has, once and where they are called first; what a file or dbt defines is no such', async () => {
    const sql = [
      '{%- set f = ref %}{% macro own(x) %}{{ x }}{% endmacro %}',
      '{# nothing(1) #}{% raw %}{{ nothing(2) }}{% endraw %}select {{ "nothing(3)" }},',
      '{{ own(1) }}, {{ f(1) if false }}, {{ 6 is not divisibleby(3) }}, {{ dbt.date_trunc("day", "x") }},',
      '{{ outer(',
      '     inner(1), dbt.no_such(2)) if false }}, {{ añadir(1) | upper if false }}, {{ inner(2) if false }}',
    ]
    const { output } = await new TempProject({ 'models/a.sql': sql.join('\n') }).dbt('parse')
    const told = [...output.matchAll(/models\/a\.sql:(\d+) calls the macro '([^']+)'/g)].map(
      ([, line, name]) => `${name} ${line}`,
    )
    expect(told, output).toEqual(['outer 4', 'inner 5', 'dbt.no_such 5', 'añadir 5'])
  })

  test('of a project without a name', async () => {
    const { output } = await new TempProject({ 'dbt_project.yml': 'profile: shop\n' }).dbt('parse')
    expect(output).toContain("'name' is a required property")
  })

  test('of a model without SQL, and of one with a semicolon at its end', async () => {
    const { output } = await new TempProject({
      'models/nothing.sql': '-- nothing',
      'models/ended.sql': 'select 1 as x;',
    }).dbt('run')
    expect(output).toContain('Hint: The model has no SQL')
    expect(output).toContain('Hint: Remove the `;` at the end')
  })

  test('of a command that lacks its second word', async () => {
    const project = new TempProject({})
    expect((await project.dbt('source')).output).toContain('Missing command.\n\nHint: It is `dbt source freshness`.')
    expect((await project.dbt('docs')).output).toContain('Missing command.\n\nHint: It is `dbt docs generate`')
    expect((await project.dbt('source fresh')).output).toContain("No such command 'fresh'.")
  })
})
