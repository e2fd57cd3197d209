import type { AssetPartitions } from '../../../../../src/server/contract/index.js'

type Status = AssetPartitions['stretches'][number]['status']

export const statuses = ['made', 'failed', 'running', 'missing'] as const satisfies readonly Status[]

export const statusFills: Readonly<Record<Status, string>> = {
  made: 'var(--status-good)',
  failed: 'var(--status-bad)',
  running: 'var(--status-run)',
  missing: 'transparent',
}
export const statusWords: Readonly<Record<Status, string>> = {
  made: 'made',
  failed: 'failed',
  running: 'being made',
  missing: 'missing',
}

/** Of the letters of a matrix. */
export const letterWords: Readonly<Record<string, string>> = {
  m: 'made',
  p: 'partly made',
  f: 'failed',
  r: 'being made',
  '.': 'missing',
}
