import type { RunStepView } from '../../../../src/server/contract/index.js'

/** What a person calls a step: the asset it makes, the connection it syncs, the check it does. */
export function stepTitle({ key, assets, checks }: Pick<RunStepView, 'key' | 'assets' | 'checks'>): string {
  if (key.startsWith('sync:')) return `sync ${key.slice('sync:'.length)}`
  const [check] = checks
  return assets[0] ?? (check ? `check ${check.name}` : key)
}
