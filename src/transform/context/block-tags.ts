import type { BlockTag, MacroNode } from '../../jinja/index.js'

/**
 * Where the template of a macro keeps it. Under its own name it is found by way of the context only, by its own template
 * too: there `return()` ends each call of one that calls itself, and a project's macro comes before a package's.
 */
export const macroVariable = (name: string) => `dbt_macro__${name}`

const macro = (
  name: string,
  parameters: MacroNode['parameters'],
  body: MacroNode['body'],
  line: number,
): MacroNode => ({ type: 'macro', name, variable: macroVariable(name), parameters, body, line })

/** `{% test name(model) %}` is the macro `test_name`. */
const test = (name: string): BlockTag => ({
  name,
  parse(parser, line) {
    const test = parser.tokens.expectName('the name of the test').value
    const parameters = parser.parameters()
    return macro(`test_${test}`, parameters, parser.body(), line)
  },
})

/** `{% materialization table, adapter='duckdb' %}` is the macro `materialization_table_duckdb`. */
const materialization: BlockTag = {
  name: 'materialization',
  parse({ tokens, expressions, body }, line) {
    const name = tokens.expectName('the name of the materialization').value
    let adapter = 'default'
    while (tokens.takeOperator(',')) {
      const option = tokens.expectName('`default`, `adapter` or `supported_languages`').value
      if (option === 'default') continue
      tokens.expectOperator('=', `after ${option}`)
      const value = expressions.parse()
      if (option === 'adapter' && value.type === 'literal') adapter = String(value.value)
    }
    return macro(`materialization_${name}_${adapter}`, [], body(), line)
  },
}

/** A block that makes nothing where it stands: the SQL of a snapshot and the text of docs are read on their own. */
const passedOver = (name: string, awaited: string): BlockTag => ({
  name,
  parse({ tokens, body }) {
    tokens.expectName(awaited)
    body()
    return null
  },
})

/** The tags that dbt adds to Jinja. */
export const dbtBlockTags: readonly BlockTag[] = [
  test('test'),
  test('data_test'),
  materialization,
  passedOver('snapshot', 'the name of the snapshot'),
  passedOver('docs', 'the name of the block'),
]

/** The macro's name that a block of a macro file defines. */
export function macroNameOf(kind: string, header: string): string {
  const name = /^\w+/.exec(header)?.[0] ?? ''
  if (kind === 'macro') return name
  if (kind === 'test' || kind === 'data_test') return `test_${name}`
  return `materialization_${name}_${/adapter\s*=\s*['"](\w+)['"]/.exec(header)?.[1] ?? 'default'}`
}
