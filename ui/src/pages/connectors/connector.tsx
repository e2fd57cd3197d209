import { Badge, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ConnectionView, ConnectorsView } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { stageWords } from '../../design/connections/connector-card.js'
import { NewConnectionButton } from '../../design/connections/new-connection-button.js'
import { Page, Section } from '../../design/page.js'
import { Empty, ErrorBox, Lines, Loaded } from '../../design/states.js'
import { Markdown } from '../../design/text/markdown-text.js'
import { plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { AddedActions } from './added-actions.js'
import classes from './connectors.module.css'
import { useProblem } from './problems.js'
import { SettingsTable } from './settings-table.js'

const route = getRouteApi('/connectors/$name')

/** One connector: what it does, which settings it takes, and which connections use it. */
export function ConnectorPage() {
  const { name } = route.useParams()
  const { kind } = route.useSearch()
  const query = useQuery({ queryKey: ['connectors'], queryFn: () => get<ConnectorsView>('/connectors') })
  const found = (kind === 'destination' ? query.data?.destinations : query.data?.connectors)?.find(
    (one) => one.name === name,
  )
  return (
    <Page
      title={found?.title ?? name}
      tabTitle={`${found?.title ?? name} · Connectors`}
      aside={found && <Badge>{stageWords(found)}</Badge>}
      lead={found && <Markdown text={found.description} />}
      actions={
        found &&
        kind !== 'destination' && (
          <>
            {found.isAdded && <AddedActions name={found.name} canEdit={query.data?.canCreate ?? false} />}
            {query.data?.canCreate && <NewConnectionButton connector={found.name} />}
          </>
        )
      }
    >
      <Loaded query={query} skeleton={<Lines number={6} />}>
        {() =>
          found ? (
            <>
              {kind !== 'destination' && <Problem name={name} />}
              <Section title="Connections" aside="That use it">
                <UsedBy name={name} isDestination={kind === 'destination'} />
              </Section>
              <Section title="Settings" isFlush>
                <SettingsTable spec={found.spec} />
              </Section>
            </>
          ) : (
            <Section>
              <Empty title={`There is no ${kind ?? 'source'} connector “${name}”`}>
                <To to="/connectors" search={{ kind }}>
                  See those that there are
                </To>
              </Empty>
            </Section>
          )
        }
      </Loaded>
    </Page>
  )
}

/** Whatever of its manifest makes it unusable: nobody has to sync to be told. */
function Problem({ name }: { name: string }) {
  const query = useProblem(name)
  return query.data?.error && <ErrorBox error={query.data.error} />
}

function UsedBy({ name, isDestination }: { name: string; isDestination: boolean }) {
  const query = useQuery({
    queryKey: ['connections'],
    queryFn: () => get<{ connections: ConnectionView[] }>('/connections'),
  })
  return (
    <Loaded query={query} skeleton={<Lines number={1} />}>
      {({ connections }) => {
        const using = connections.filter(
          (one) => (isDestination ? one.destinationConnector : one.sourceConnector) === name,
        )
        if (using.length === 0)
          return (
            <Text size="sm" c="dimmed">
              None yet.
            </Text>
          )
        return (
          <ul className={classes.using}>
            {using.map((one) => (
              <li key={one.name}>
                <To to="/connections/$name" params={{ name: one.name }} search={{}}>
                  {one.name}
                </To>{' '}
                <Text span size="sm" c="dimmed">
                  {plural(one.streams.length, 'stream')}
                </Text>
              </li>
            ))}
          </ul>
        )
      }}
    </Loaded>
  )
}
