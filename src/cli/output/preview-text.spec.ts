import { expect, it } from 'vitest'
import type { StreamPreview } from '../../extract-load/index.js'
import { previewText } from './preview-text.js'

const stream = (more: Partial<StreamPreview> & { readonly stream: string }): StreamPreview => ({
  records: [],
  schema: {},
  undeclared: [],
  exchanges: [],
  state: undefined,
  ...more,
})
const shown = (...streams: readonly StreamPreview[]) => previewText({ streams, exchanges: [], logs: [] })

it('says where each stream begins', () => {
  const text = shown(stream({ stream: 'orders', begin: { day: '2026-01-04' } }), stream({ stream: 'parts' }))
  expect(text).toContain('orders\n  begin  {"day":"2026-01-04"}')
  expect(text).toContain('parts\n  begin  the start')
})

it('says once what keeps several streams from being read', () => {
  const error = (message: string) => ({
    code: 'API_REFUSED',
    kind: 'user' as const,
    retryable: false,
    message,
    hint: 'H',
    at: { file: 'manifest.yaml', line: 34, column: 41 },
  })
  const text = shown(
    stream({ stream: 'a', error: error('no') }),
    stream({ stream: 'b', error: error('no') }),
    stream({ stream: 'c', error: error('other') }),
  )
  expect(text.split('\n').filter((line) => line.includes('API_REFUSED'))).toEqual([
    '  API_REFUSED  no',
    '  API_REFUSED  as of a',
    '  API_REFUSED  other',
  ])
  expect(text).toContain('  API_REFUSED  no\n  at manifest.yaml:34:41\n  H')
})
