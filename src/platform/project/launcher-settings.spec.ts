import { expect, it } from 'vitest'
import { readYaml } from '../../base/index.js'
import { launcherSchema } from './launcher-schema.js'
import { launcherSettings } from './launcher-settings.js'

const read = (text: string) => {
  const document = readYaml(`runs:\n  launcher: ${text}\n`, 'millrace.yaml')
  const { runs } = document.value as { runs: { launcher: unknown } }
  return launcherSettings(launcherSchema.parse(runs.launcher), document, '/shop')
}

it('have defaults', () => {
  expect(read('{ type: process }')).toEqual({ type: 'process', startTimeoutMs: 300_000 })
  expect(read('{ type: docker, image: shop }')).toMatchObject({ commandLine: 'docker', command: ['millrace'], env: [] })
  expect(read('{ type: kubernetes, image: shop }')).toMatchObject({ ttlSecondsAfterFinished: 3600, secretEnv: {} })
})

it('are read', () => {
  expect(
    read(
      '{ type: kubernetes, image: shop, start_timeout: 90s, requests: { cpu: 500m }, ca_file: ca.crt, token: abcd }',
    ),
  ).toMatchObject({
    startTimeoutMs: 90_000,
    requests: { cpu: '500m' },
    limits: {},
    caFile: '/shop/ca.crt',
    token: 'abcd',
  })
})

it('are refused with the place', () => {
  expect(() => read('{ type: process, start_timeout: soon }')).toThrow(
    expect.objectContaining({ code: 'PROJECT_INVALID', at: expect.objectContaining({ line: 2 }) }),
  )
  expect(() => read('{ type: docker, image: shop, node_selector: {} }')).toThrow(/node_selector/)
})
