import { Button, SegmentedControl } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ConnectorsView } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { ConnectorCards } from '../../design/connections/connector-card.js'
import { Page, Section } from '../../design/page.js'
import { Lines, Loaded } from '../../design/states.js'
import { To } from '../../design/text/to.js'

import { AddConnectorDialog } from './add-connector.js'
import { useProblems } from './problems.js'

const route = getRouteApi('/connectors')

/** The catalog: everything that data can come from, and go to. */
export function ConnectorsPage() {
  const { kind, add } = route.useSearch()
  const navigate = useNavigate()
  const problems = useProblems()
  const query = useQuery({ queryKey: ['connectors'], queryFn: () => get<ConnectorsView>('/connectors') })
  const canAdd = query.data?.canCreate ?? false
  return (
    <Page
      title="Connectors"
      lead="What data can come from, and where it can go. A connection joins two of them."
      actions={
        <>
          <SegmentedControl
            aria-label="Which connectors"
            value={kind ?? 'source'}
            onChange={(value) =>
              void navigate({ to: '/connectors', search: value === 'destination' ? { kind: 'destination' } : {} })
            }
            data={[
              { value: 'source', label: 'Sources' },
              { value: 'destination', label: 'Destinations' },
            ]}
          />
          {canAdd && kind !== 'destination' && (
            <Button
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => void navigate({ to: '/connectors', search: { add: 'address' } })}
            >
              Add connector
            </Button>
          )}
        </>
      }
    >
      <AddConnectorDialog way={canAdd ? add : undefined} />
      <Section>
        <Loaded query={query} skeleton={<Lines number={6} />}>
          {({ connectors, destinations }) => (
            <ConnectorCards
              connectors={kind === 'destination' ? destinations : connectors}
              placeholder={kind === 'destination' ? 'Search: warehouse, Parquet …' : 'Search: PostgreSQL, CSV …'}
              nothing="Every connector of Airbyte works as it is: as Airbyte connector, by its image or its program. One that is a manifest is added to the project: by the button above, or by millrace connectors add."
              problemOf={({ name }) =>
                kind === 'destination' ? undefined : problems.data?.problems.find((one) => one.name === name)?.error
              }
              card={(one, className, face) => (
                <To
                  key={one.name}
                  to="/connectors/$name"
                  params={{ name: one.name }}
                  search={{ kind }}
                  className={className}
                  underline="never"
                >
                  {face}
                </To>
              )}
            />
          )}
        </Loaded>
      </Section>
    </Page>
  )
}
