import { Code, Stack, Text } from '@mantine/core'
import { To } from '../text/to.js'

const yaml = `name: shop
source:
  connector: file
  config:
    streams:
      - { name: orders, path: data/orders.csv }
destination: { connector: warehouse, schema: raw }`

/** What a first connection looks like, ready to be copied. */
export function FirstConnection() {
  return (
    <Stack gap="xs" maw={560} mx="auto" px="md" pb="lg">
      <Text size="sm" c="dimmed">
        <To to="/connections/new" search={{}} inherit>
          Make one here
        </To>
        , or write <Code>extract_load/shop.yaml</Code>, put a file where it points, and the page shows the new stream.
        CSV, JSON, JSONL and Parquet are read; a path may be a glob, a URL or a file of an npm package.
      </Text>
      <Code block>{yaml}</Code>
    </Stack>
  )
}
