import { Anchor, Group, NavLink, ScrollArea, Stack, Tabs, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconTable } from '@tabler/icons-react'
import { useState } from 'react'
import { Lines } from '../../design/states.js'
import { StatusIcon } from '../../design/status.js'
import { Ago, lasted, plural } from '../../design/text/time.js'
import type { PastQuery } from './history.js'
import type { Relation } from './relations.js'

/** More than these are found by typing. */
const mostShown = 100

interface BrowserProps {
  readonly relations: readonly Relation[]
  readonly isLoading: boolean
  readonly past: readonly PastQuery[]
  readonly onUse: (sql: string) => void
  readonly onForget: () => void
}

/** Beside the editor: what there is to ask about, and what was asked before. */
export function QueryBrowser({ relations, isLoading, past, onUse, onForget }: BrowserProps) {
  const [find, setFind] = useState('')
  const found = relations.filter((one) => `${one.schema}.${one.name}`.toLowerCase().includes(find.toLowerCase()))
  return (
    <Tabs defaultValue="relations" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="relations">Tables</Tabs.Tab>
        <Tabs.Tab value="history">History</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="relations" pt="xs">
        <TextInput
          size="xs"
          mb="xs"
          aria-label="Find a table"
          placeholder="Find a table"
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
        />
        <ScrollArea.Autosize mah="62vh" viewportProps={{ tabIndex: 0 }}>
          {isLoading && <Lines number={6} />}
          {!isLoading && relations.length === 0 && (
            <Text size="sm" c="dimmed">
              The warehouse holds nothing yet: run something first.
            </Text>
          )}
          {found.slice(0, mostShown).map((relation) => (
            <NavLink
              key={`${relation.schema}.${relation.name}`}
              label={
                <Text size="sm" truncate title={`${relation.schema}.${relation.name}`}>
                  <Text span inherit c="dimmed">
                    {relation.schema}.
                  </Text>
                  {relation.name}
                </Text>
              }
              styles={{ body: { minWidth: 0 } }}
              leftSection={<IconTable size={14} aria-hidden />}
              px={4}
              py={3}
              childrenOffset={20}
            >
              <Anchor
                component="button"
                size="xs"
                onClick={() => onUse(`select * from "${relation.schema}"."${relation.name}" limit 100`)}
              >
                its first 100 rows
              </Anchor>
              {relation.columns.map((column) => (
                <Group key={column.name} gap="xs" wrap="nowrap" justify="space-between">
                  <Text size="xs" ff="monospace" truncate title={column.name}>
                    {column.name}
                  </Text>
                  <Text size="xs" c="dimmed" truncate maw={120} title={column.type}>
                    {column.type}
                  </Text>
                </Group>
              ))}
            </NavLink>
          ))}
          {found.length > mostShown && (
            <Text size="xs" c="dimmed">
              and {plural(found.length - mostShown, 'more table')}: type a part of the name
            </Text>
          )}
        </ScrollArea.Autosize>
      </Tabs.Panel>
      <Tabs.Panel value="history" pt="xs">
        <ScrollArea.Autosize mah="66vh" viewportProps={{ tabIndex: 0 }}>
          {past.length === 0 && (
            <Text size="sm" c="dimmed">
              What you run is remembered here, in this browser only.
            </Text>
          )}
          <Stack gap={2}>
            {past.map((query) => (
              <UnstyledButton key={query.sql} onClick={() => onUse(query.sql)} title={query.sql} py={4}>
                <Text size="xs" ff="monospace" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
                  {query.sql.trim()}
                </Text>
                <Group gap={6} fz="xs" c="dimmed">
                  <StatusIcon value={query.rows === undefined ? 'failed' : 'succeeded'} size={12} />
                  {query.rows === undefined ? 'failed' : plural(query.rows, 'row')}
                  {query.durationMs !== undefined && <span>{lasted(query.durationMs)}</span>}
                  <Ago at={query.at} isShort />
                </Group>
              </UnstyledButton>
            ))}
          </Stack>
          {past.length > 0 && (
            <Anchor component="button" size="xs" mt="xs" onClick={onForget}>
              Forget all
            </Anchor>
          )}
        </ScrollArea.Autosize>
      </Tabs.Panel>
    </Tabs>
  )
}
