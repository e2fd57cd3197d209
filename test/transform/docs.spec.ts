import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const project = () =>
  new TempProject({
    'models/orders.sql': 'select 1 as id',
    'models/more.sql': "select * from {{ ref('orders') }}",
    'models/schema.yml': 'models:\n  - name: orders\n    description: "Ends </script> here"\n',
  })
const json = (text: string) => JSON.parse(text) as { nodes: Record<string, unknown> }

describe('docs generate', () => {
  test('compiles, writes the catalog and a page that shows it', async () => {
    const one = project()
    await one.dbt('run')
    const { code, results } = await one.dbt('docs generate')
    expect(code).toBe(0)
    expect(Object.keys(results).sort()).toEqual(['more', 'orders'])
    expect(Object.keys(json(one.read('target/catalog.json')).nodes).sort()).toEqual([
      'model.shop.more',
      'model.shop.orders',
    ])
    expect(one.read('target/index.html')).toContain('catalog.json')
  })

  test('a catalog that cannot be read is an error with --warn-error', async () => {
    const one = project()
    one.write({
      'macros/refuse.sql':
        "{% macro get_catalog_relations(information_schema, relations) %}{% do exceptions.raise_compiler_error('no catalogs for you') %}{% endmacro %}",
    })
    const { code, output } = await one.dbt('docs generate --warn-error')
    expect(code).toBe(2)
    expect(output).toContain('Compilation Error')
    expect(output).toContain('no catalogs for you')
  })

  test('--select narrows the catalog, --empty-catalog asks nobody, --no-compile leaves the SQL as it is', async () => {
    const one = project()
    await one.dbt('run')
    await one.dbt('docs generate --select orders')
    expect(Object.keys(json(one.read('target/catalog.json')).nodes)).toEqual(['model.shop.orders'])
    await one.dbt('docs generate --empty-catalog')
    expect(json(one.read('target/catalog.json')).nodes).toEqual({})
    expect((await one.dbt('docs generate --no-compile')).results).toEqual({})
  })

  test('--static writes one page with both artifacts, whatever they hold', async () => {
    const one = project()
    await one.dbt('docs generate --static')
    const page = one.read('target/static_index.html')
    expect(page).toContain('Ends <\\/script> here')
    expect(page.match(/<\/script>/g)).toHaveLength(1)
    expect(page).not.toContain('INLINE DATA')
  })
})

describe('docs serve', () => {
  const served = async (one: TempProject, use: (address: string) => Promise<void>) => {
    const stop = new AbortController()
    let address: string | undefined
    const running = one.dbt('docs serve --port 0 --no-browser', {
      signal: stop.signal,
      onLine: (line) => {
        if (address !== undefined) return
        address = /http:\S+/.exec(line)?.[0]
        if (address !== undefined) void use(address).finally(() => stop.abort())
      },
    })
    return running
  }

  test('shows what was generated, and nothing beside it', async () => {
    const one = project()
    await one.dbt('docs generate --empty-catalog')
    const status: Record<string, number> = {}
    const { code } = await served(one, async (address) => {
      for (const path of ['/', '/manifest.json', '/nowhere.json', '/..%2fprofiles.yml'])
        status[path] ??= (await fetch(address + path)).status
    })
    expect(code).toBe(0)
    expect(status).toEqual({ '/': 200, '/manifest.json': 200, '/nowhere.json': 404, '/..%2fprofiles.yml': 404 })
  })

  test('says what to do when nothing was generated', async () => {
    const { code, output } = await project().dbt('docs serve')
    expect(code).toBe(2)
    expect(output).toContain('Run `dbt docs generate` first')
  })
})

test('a docs command that is none', async () => {
  const one = project()
  expect((await one.dbt('docs show')).output).toContain("No such command 'show'")
  expect(existsSync(join(one.dir, 'target/index.html'))).toBe(false)
})
