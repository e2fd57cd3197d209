import { Badge, Code, Group, Table, Text } from '@mantine/core'
import type { ApiMetadata } from '../../../../src/server/contract/index.js'
import { plotTitle, withUnit } from '../../design/plot.js'
import { isSafeAddress } from '../../design/text/markdown.js'

/** What is elsewhere on the page, or says nothing to a person. */
const leftOut = new Set(['columns', 'code_version', 'compiled_sql', 'relation', 'status'])

/** Metadata by its type: numbers with their unit, links as links, texts as they are. */
export function Metadata({ metadata }: { metadata: ApiMetadata }) {
  const entries = Object.entries(metadata).filter(([name, value]) => !leftOut.has(name) && value !== null)
  const short = entries.flatMap(([name, value]) =>
    typeof value === 'object'
      ? []
      : [{ name, text: typeof value === 'number' ? withUnit(name, value) : String(value) }],
  )
  return (
    <>
      {short.length > 0 && (
        <Group gap={6}>
          {short.map(({ name, text }) => (
            <Badge key={name} title={name} style={{ maxWidth: '100%' }}>
              {plotTitle(name)} {text}
            </Badge>
          ))}
        </Group>
      )}
      {entries.map(([name, value]) => {
        if (typeof value !== 'object' || value === null) return null
        if (value.type === 'url')
          return isSafeAddress(value.url) ? (
            <a key={name} href={value.url} rel="noreferrer noopener" target="_blank">
              {name}: {value.url}
            </a>
          ) : (
            <Text key={name} span size="sm">
              {name}: {value.url}
            </Text>
          )
        if (value.type === 'table') return <Rows key={name} name={name} rows={value.rows} />
        const text =
          value.type === 'path'
            ? value.path
            : value.type === 'json'
              ? JSON.stringify(value.value, undefined, 2)
              : 'text' in value
                ? value.text
                : ''
        return (
          text !== '' && (
            <details key={name}>
              <summary>
                <Text span size="sm" c="dimmed">
                  {plotTitle(name)}
                </Text>
              </summary>
              <Code block mah={280} style={{ overflow: 'auto' }}>
                {text}
              </Code>
            </details>
          )
        )
      })}
    </>
  )
}

type Cell = string | number | boolean | null

function Rows({ name, rows }: { name: string; rows: readonly Readonly<Record<string, Cell>>[] }) {
  const columns = Object.keys(rows[0] ?? {})
  return (
    <details open={rows.length <= 20}>
      <summary>
        <Text span size="sm" c="dimmed">
          {plotTitle(name)} ({rows.length} rows)
        </Text>
      </summary>
      <Table.ScrollContainer minWidth={0} mah={280}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column}>{column}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and never change their places
              <Table.Tr key={i}>
                {columns.map((column) => (
                  <Table.Td key={column} ta={typeof row[column] === 'number' ? 'right' : 'left'}>
                    {row[column] === null || row[column] === undefined ? '' : String(row[column])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </details>
  )
}
