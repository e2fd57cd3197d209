import { Badge, Group, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { ConnectorView } from '../../../../src/server/contract/index.js'
import { Empty } from '../../design/states.js'
import classes from './new-connection.module.css'

/** Where data can come from. */
export function Catalog({
  connectors,
  onChoose,
}: {
  connectors: readonly ConnectorView[]
  onChoose: (connector: ConnectorView) => void
}) {
  const [sought, setSought] = useState('')
  const found = connectors.filter((one) =>
    sought
      .toLowerCase()
      .split(/\s+/)
      .every((word) => `${one.name} ${one.title} ${one.description}`.toLowerCase().includes(word)),
  )
  return (
    <Stack gap="md">
      <TextInput
        aria-label="Search the connectors"
        placeholder="Search: PostgreSQL, CSV, an Airbyte connector …"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={sought}
        onChange={(event) => setSought(event.currentTarget.value)}
        maw={420}
      />
      {found.length === 0 ? (
        <Empty title={`No connector says “${sought}”`}>
          Every source of Airbyte works as it is: choose <b>Airbyte connector</b> and name its image. One that is a
          manifest needs neither Python nor a container: <code>millrace connectors add</code> brings it into the
          project.
        </Empty>
      ) : (
        <div className={classes.catalog}>
          {found.map((one) => (
            <UnstyledButton key={one.name} className={classes.connector} onClick={() => onChoose(one)}>
              <Group justify="space-between" wrap="nowrap" gap="xs">
                <Text fw={600}>{one.title}</Text>
                <Badge>{one.releaseStage.replaceAll('_', ' ')}</Badge>
              </Group>
              <Text size="sm" c="dimmed">
                {one.description}
              </Text>
            </UnstyledButton>
          ))}
        </div>
      )}
    </Stack>
  )
}
