import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../src/base/index.js'
import { buildScope } from '../src/extract-load/declarative/build.js'
import { componentTypes } from '../src/extract-load/declarative/component.js'
import type { SourceServices } from '../src/extract-load/declarative/component-contract.js'
import { loadCustomComponents } from '../src/extract-load/declarative/custom/index.js'
import { interpolationOf } from '../src/extract-load/declarative/interpolation/index.js'
import { fences, pageOf } from './support/markdown.js'

const page = pageOf('docs/connectors/custom-components.md')

it('the module of docs/connectors/custom-components.md stands for its class', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-docs-custom-'))
  try {
    const example = fences(page).find(({ language }) => language === 'ts')
    await writeFile(join(folder, 'components.ts'), example?.text ?? '')
    const custom = await loadCustomComponents(folder)
    const config = { factor: 10 }
    const transport = { send: () => Promise.reject(new Error('nothing is sent')) }
    const services: SourceServices = { clock: systemClock, random: () => 0, transport, say: async () => {}, custom }
    const scope = buildScope({ config, interpolation: interpolationOf(config, services), services })
    const record = { price: '1.25' }
    scope
      .build('transformation', { type: 'CustomTransformation', class_name: 'a.components.Cents', field: 'price' })
      .transform(record, {})
    expect(record).toEqual({ price: 13 })
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('the page names every kind of them', () => {
  const known = componentTypes().flatMap(({ type }) => (type.startsWith('Custom') ? [type] : []))
  expect(known).toHaveLength(16)
  for (const type of known) expect(page.text).toContain(`| \`${type}\` |`)
})
