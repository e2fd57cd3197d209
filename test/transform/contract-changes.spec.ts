import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const yaml = (columns: string, more = '') => `models:
  - name: orders
    config: { contract: { enforced: true }, materialized: table }
    ${more}
    columns:
${columns}`
const id = '      - { name: id, data_type: integer, constraints: [{ type: not_null }] }\n'
const name = '      - { name: name, data_type: varchar(3) }\n'

/** What changed since, as `state:modified` says it. */
async function compared(
  before: string,
  after: Readonly<Record<string, string | null>>,
  state = 'state:modified.contract',
) {
  const project = new TempProject({ 'models/orders.sql': "select 1 as id, 'a' as name", 'models/schema.yml': before })
  await project.dbt('parse')
  cpSync(join(project.dir, 'target'), join(project.dir, 'former'), { recursive: true })
  for (const [file, text] of Object.entries(after)) if (text === null) project.remove(file)
  project.write(
    Object.fromEntries(Object.entries(after).filter((entry): entry is [string, string] => entry[1] !== null)),
  )
  return project.dbt(`ls --select ${state} --state former --output name`)
}

describe('state:modified.contract', () => {
  test('a column more is a change, and breaks nothing', async () => {
    const { code, output } = await compared(yaml(id), { 'models/schema.yml': yaml(id + name) })
    expect([code, output.split('\n').at(-1)]).toEqual([0, 'orders'])
    expect(output).not.toContain('breaking change')
  })

  test.each([
    ['a column less', yaml(id), /Columns were removed: \n {4}- name/],
    ['another type', yaml(id + name.replace('varchar(3)', 'integer')), /name \(varchar\(3\) -> integer\)/],
    [
      'no constraint',
      yaml(id.replace(', constraints: [{ type: not_null }]', '') + name),
      /'not_null' constraint on column id/,
    ],
    ['no contract', yaml(id + name).replace('enforced: true', 'enforced: false'), /Contract enforcement was removed/],
    ['a view', yaml(id + name).replace('materialized: table', 'materialized: view'), /table -> view/],
  ])('%s breaks it, which is told', async (_, after, message) => {
    const { code, output } = await compared(yaml(id + name), { 'models/schema.yml': after })
    expect(code).toBe(0)
    expect(output).toMatch(message)
  })

  test('a longer text breaks nothing', async () => {
    const { output } = await compared(yaml(id + name), {
      'models/schema.yml': yaml(id + name.replace('varchar(3)', 'varchar(10)')),
    })
    expect(output).not.toContain('breaking change')
  })

  test('a model that is gone breaks it', async () => {
    const { output } = await compared(yaml(id + name), {
      'models/schema.yml': null,
      'models/orders.sql': null,
      'models/other.sql': 'select 1 as id',
    })
    expect(output).toContain("Contracted model 'model.shop.orders' was deleted or renamed.")
  })

  test('a versioned model must not break it', async () => {
    const versions = 'versions: [{ v: 1, defined_in: orders }]'
    const { code, output } = await compared(yaml(id + name, versions), { 'models/schema.yml': yaml(id, versions) })
    expect(code).toBe(2)
    expect(output).toContain('dbt detected a breaking change to an enforced contract')
    // Whatever else changed.
    const files = { 'models/schema.yml': yaml(id, versions), 'models/orders.sql': 'select 1 as id' }
    expect((await compared(yaml(id + name, versions), files, 'state:modified')).code).toBe(2)
  })
})

test('a seed that is too large to be hashed is told when states are compared', async () => {
  const rows = (text: string) => `id,name\n${`1,${text}\n`.repeat(70_000)}`
  const project = new TempProject({ 'seeds/big.csv': rows('a') })
  await project.dbt('parse')
  cpSync(join(project.dir, 'target'), join(project.dir, 'former'), { recursive: true })
  project.write({ 'seeds/big.csv': rows('some longer text') })
  const listed = 'ls --select state:modified --state former --output name'
  expect((await project.dbt(listed)).output).toContain('The former one was smaller, so it has changed.')
  expect((await project.dbt(`--warn-error ${listed}`)).code).toBe(2)
})
