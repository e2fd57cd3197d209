import { Badge, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { ConnectorView } from '../../../src/server/contract/index.js'
import { CodeWords } from './code-words.js'
import classes from './connector-card.module.css'
import { Empty } from './states.js'

export const stageWords = ({ releaseStage }: Pick<ConnectorView, 'releaseStage'>) => releaseStage.replaceAll('_', ' ')

/** Connectors that are searched by every word of what somebody types; `card` puts a face of one into what opens it. */
export function ConnectorCards<T extends ConnectorView>({
  connectors,
  placeholder,
  nothing,
  card,
}: {
  connectors: readonly T[]
  placeholder: string
  /** What to do when none is found. */
  nothing: ReactNode
  card: (connector: T, className: string, face: ReactNode) => ReactNode
}) {
  const [sought, setSought] = useState('')
  const words = sought.toLowerCase().split(/\s+/)
  const found = connectors.filter((one) => {
    const text = `${one.name} ${one.title} ${one.description}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  return (
    <Stack gap="md">
      <TextInput
        aria-label="Search the connectors"
        placeholder={placeholder}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={sought}
        onChange={(event) => setSought(event.currentTarget.value)}
        maw={420}
      />
      {found.length === 0 ? (
        <Empty title={`No connector says “${sought}”`}>{nothing}</Empty>
      ) : (
        <div className={classes.cards}>
          {found.map((one) => card(one, classes.card ?? '', <Face connector={one} />))}
        </div>
      )}
    </Stack>
  )
}

function Face({ connector }: { connector: ConnectorView }) {
  return (
    <>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fw={600}>{connector.title}</Text>
        <Badge>{stageWords(connector)}</Badge>
      </Group>
      <Text size="sm" c="dimmed">
        <CodeWords text={connector.description} />
      </Text>
    </>
  )
}
