import {
  IconBrandTypescript,
  IconCamera,
  IconChartHistogram,
  IconDatabase,
  IconEye,
  IconFileTypeSql,
  IconPlug,
  IconSeedling,
  IconStack2,
  IconTable,
  type TablerIcon,
} from '@tabler/icons-react'

const icons: Readonly<Record<string, TablerIcon>> = {
  stream: IconPlug,
  source: IconDatabase,
  seed: IconSeedling,
  snapshot: IconCamera,
  exposure: IconChartHistogram,
  typescript: IconBrandTypescript,
  view: IconEye,
  table: IconTable,
  incremental: IconStack2,
}

/** The kind of an asset as a picture; the word stands beside it, or in its title. */
export function KindIcon({ kinds, size = 16 }: { kinds: readonly string[]; size?: number }) {
  const known = kinds[0] === 'model' ? kinds.at(-1) : kinds[0]
  const Icon = icons[known ?? ''] ?? IconFileTypeSql
  return <Icon size={size} stroke={1.7} aria-hidden style={{ flexShrink: 0 }} />
}

/** `model · table`, `stream · file`: what it is, and of which sort. */
export const kindWords = (kinds: readonly string[]) => kinds.filter((kind) => kind !== 'dbt').join(' · ')
