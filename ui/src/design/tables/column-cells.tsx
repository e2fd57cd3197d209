import { Code, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AssetFieldsView } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'

/** What the columns of an asset are made of, and who reads them; undefined for what is no asset. */
export function useAssetFields(asset: string | undefined) {
  return useQuery({
    queryKey: ['fields', asset],
    queryFn: () => get<AssetFieldsView>(`/assets/${segment(asset ?? '')}/fields`),
    enabled: asset !== undefined,
    staleTime: 30_000,
    retry: false,
  })
}

/** A column's name with its type below. */
export function ColumnName({ name, type }: { name: string; type?: string | undefined }) {
  return (
    <>
      <Code>{name}</Code>
      {type && (
        <Text size="xs" c="dimmed" ff="monospace" truncate maw={180} title={type}>
          {type}
        </Text>
      )}
    </>
  )
}

/** `not_null` of `not_null_mart_x_day`: beside the column of a table, the test's kind says it all. */
export const testKind = (test: string, table: string) =>
  test.includes(`_${table}`) ? test.slice(0, test.indexOf(`_${table}`)) : test
