import { Badge, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertCircle, IconSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { ApiError, ConnectorView } from '../../../../src/server/contract/index.js'
import { CodeWords } from '../code/code-words.js'
import { Empty, firstLine, problemsIn } from '../states.js'
import classes from './connector-card.module.css'

/** How far a connector is; of one that somebody added to the project only they know. */
export const stageWords = ({ releaseStage, isAdded }: Pick<ConnectorView, 'releaseStage' | 'isAdded'>) =>
  isAdded ? 'of this project' : releaseStage.replaceAll('_', ' ')

/** Connectors that are searched by every word of what somebody types; `card` puts a face of one into what opens it. */
export function ConnectorCards<T extends ConnectorView>({
  connectors,
  placeholder,
  nothing,
  problemOf,
  card,
}: {
  connectors: readonly T[]
  placeholder: string
  /** What to do when none is found. */
  nothing: ReactNode
  /** Why one cannot be used. */
  problemOf?: (connector: T) => ApiError | undefined
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
          {found.map((one) => card(one, classes.card ?? '', <Face connector={one} problem={problemOf?.(one)} />))}
        </div>
      )}
    </Stack>
  )
}

function Face({ connector, problem }: { connector: ConnectorView; problem: ApiError | undefined }) {
  return (
    <>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fw={600}>{connector.title}</Text>
        <Badge>{stageWords(connector)}</Badge>
      </Group>
      {problem ? (
        <Text size="sm" className={classes.problem} component="div">
          <IconAlertCircle size={15} color="var(--status-bad)" aria-hidden />
          <span>
            Cannot be used: <CodeWords text={firstProblem(problem)} />
          </span>
        </Text>
      ) : (
        <Text size="sm" c="dimmed">
          <CodeWords text={connector.description} />
        </Text>
      )}
    </>
  )
}

/** Of several the first, with its place. */
function firstProblem(error: ApiError): string {
  const [first, ...others] = problemsIn(error)
  const at = first ?? error.at
  // The folder is that of the connector.
  const place = at && [at.file.slice(at.file.lastIndexOf('/') + 1), at.line, at.column].filter(Boolean).join(':')
  return `${place === undefined ? '' : `${place}: `}${first?.message ?? firstLine(error.message)}${others.length > 0 ? ` And ${others.length} more.` : ''}`
}
