import { isMapping } from '../../../base/index.js'
import type { ShownSource } from './catalog.js'
import { connectorType } from './connectors.js'

type Settings = Readonly<Record<string, unknown>>

/**
 * The settings of a source in the words of Airbyte's connector of the same type: typed clients refuse a whole list in which one lacks
 * something. Ours stand beside them.
 */
export function sourceSettings({ connector, config }: ShownSource): Settings & { readonly sourceType: string } {
  const sourceType = connectorType(connector, config)
  if (connector === 'airbyte') return { ...(isMapping(config.config) ? config.config : {}), sourceType }
  return { ...config, ...airbyteWords(connector, config), sourceType }
}

/** What stands beside our settings for clients that know those of Airbyte's connector only. */
export const airbyteWords = (connector: string, config: Settings): Settings => inOtherWords[connector]?.(config) ?? {}

const inOtherWords: Readonly<Record<string, (config: Settings) => Settings>> = {
  // Airbyte's has one file: it is told of the first.
  file({ streams }) {
    const first: unknown = Array.isArray(streams) ? streams[0] : undefined
    const { name, path, format } = isMapping(first) ? first : ({} as Settings)
    const url = String(Array.isArray(path) ? path[0] : (path ?? ''))
    return {
      dataset_name: String(name ?? ''),
      url,
      format: formats.find((one) => one === format || url.includes(`.${one}`)) ?? 'csv',
      provider: { storage: /^https?:/.test(url) ? 'HTTPS' : 'local' },
    }
  },
  mysql: ({ replication_method: method }) =>
    method === undefined ? { replication_method: { method: 'STANDARD' } } : {},
}

const formats = ['parquet', 'jsonl', 'json', 'csv', 'excel', 'yaml'] as const
