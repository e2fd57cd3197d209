import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import type {
  ConnectionsView,
  ConnectorsView,
  DestinationConnectorView,
  StreamPreviewView,
} from '../../../../src/server/contract/index.js'
import { get, post } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { CommandLine } from '../../design/command-line.js'
import { Page, Section } from '../../design/page.js'
import { Empty, Lines, Loaded } from '../../design/states.js'
import { To } from '../../design/text/to.js'
import { Catalog } from './catalog.js'
import { Checked, DestinationStep } from './destination-step.js'
import { draftOf, freeName, isAskable, type Made, nothingMade, placesKey, withDestination, withLooked } from './made.js'
import { usePreview } from './preview.js'
import { Review } from './review.js'
import { SourceSettings } from './source-settings.js'
import { type StepName, Steps } from './steps.js'
import { StreamsStep } from './streams-step.js'

const route = getRouteApi('/connections/new')

export function NewConnectionPage() {
  const mayMake = useMay('admin')
  const query = useQuery({ queryKey: ['connectors'], queryFn: () => get<ConnectorsView>('/connectors') })
  const others = useQuery({ queryKey: ['connections'], queryFn: () => get<ConnectionsView>('/connections') })
  return (
    <Page
      title="New connection"
      tabTitle="New connection · Connections"
      lead="Where the data comes from, where it goes, which of it, how and when. It becomes a file of the project."
    >
      <Loaded query={query} skeleton={<Waiting />}>
        {(data) =>
          data.canCreate ? (
            <Loaded query={others} skeleton={<Waiting />}>
              {({ connections, waiting }) => (
                <Making {...data} taken={new Set([...connections, ...waiting].map(({ name }) => name))} />
              )}
            </Loaded>
          ) : mayMake ? (
            <ReadOnly />
          ) : (
            <NotAdmin />
          )
        }
      </Loaded>
    </Page>
  )
}

const Waiting = () => (
  <Section>
    <Lines number={5} />
  </Section>
)

function NotAdmin() {
  return (
    <Section>
      <Empty title="Making connections needs the role admin">
        A connection may name programs and files of the machine that runs it. An admin can give you another role.
      </Empty>
    </Section>
  )
}

function ReadOnly() {
  return (
    <Section>
      <Empty title="Connections are not made through this server">
        <code>server.edit_connections</code> in millrace.yaml is false: a connection may name programs and files of its
        machine. Make one where the project lies: <CommandLine>millrace connections create</CommandLine>
      </Empty>
    </Section>
  )
}

/** The steps are in the address, so that back goes back; what was typed is only on this page. */
function Making({
  connectors,
  destinations,
  taken,
}: Pick<ConnectorsView, 'connectors' | 'destinations'> & { taken: ReadonlySet<string> }) {
  const search = route.useSearch()
  const navigate = useNavigate()
  const usual = (destinations[0] as DestinationConnectorView).name
  const connector = connectors.find((one) => one.name === search.connector)
  const nameFor = (name: string) => freeName(name, taken)
  const [made, setMade] = useState<Made>(() => nothingMade(nameFor(connector?.name ?? ''), usual))
  const go = (step: StepName, name = connector?.name) =>
    void navigate({ to: '/connections/new', search: step === 'source' ? {} : { connector: name, step } })
  const change = (part: Partial<Made>) => setMade((known) => ({ ...known, ...part }))

  const { looked, checked } = made
  const step = stepOf(search.step, connector !== undefined, looked !== undefined)
  const destinationOf = (name: string) =>
    destinations.find((one) => one.name === name) ?? (destinations[0] as DestinationConnectorView)
  const destination = destinationOf(made.destination.connector)
  // The same as long as nothing changed: what is asked of the server hangs on it.
  const draft = useMemo(() => draftOf(made, destination), [made, destination])
  const isAsked = laterSteps.includes(step) && isAskable(made, destination)
  const preview = usePreview(draft, isAsked)
  useFocusOnStep(step)

  return (
    <>
      <Steps current={step} furthest={looked ? 'review' : connector ? 'settings' : 'source'} onGo={go} />
      {step === 'source' && (
        <Section title="Where does the data come from?">
          <Catalog
            connectors={connectors}
            onChoose={(one) => {
              if (one.name !== connector?.name) setMade(nothingMade(nameFor(one.name), usual))
              go('settings', one.name)
            }}
          />
          <Text size="sm" c="dimmed" mt="md">
            Not there?{' '}
            <To to="/connectors" underline="always">
              Build a connector
            </To>{' '}
            for an API, or add one of Airbyte's catalog.
          </Text>
        </Section>
      )}
      {step === 'settings' && connector && (
        <SourceSettings
          connector={connector}
          value={made.source}
          // What was looked into was another source.
          onChange={(source) => change({ source, looked: undefined })}
          onLooked={(found) => {
            setMade((known) => withLooked(known, found, destination))
            go('destination')
          }}
        />
      )}
      {step === 'destination' && looked && (
        <>
          <Checked title="The source can be read." message={looked.message} warnings={looked.warnings} />
          <DestinationStep
            destinations={destinations}
            chosen={destination}
            value={made.destination}
            found={looked.found}
            draft={draft}
            preview={preview}
            onChange={(value) =>
              setMade((known) =>
                withDestination(known, value, { from: destination, to: destinationOf(value.connector) }),
              )
            }
            onChecked={(answer) => change({ checked: { key: placesKey(draft), answer } })}
            onGo={() => go('streams')}
          />
        </>
      )}
      {step === 'streams' && looked && (
        <StreamsStep
          made={made}
          found={looked.found}
          destination={destination}
          preview={preview}
          loadPreview={
            connector?.canPreview
              ? (stream) => post<StreamPreviewView>('/connection-drafts/preview-stream', { draft, stream })
              : undefined
          }
          onChange={change}
          onGo={() => go('review')}
        />
      )}
      {step === 'review' && (
        <Review
          draft={draft}
          schedule={made.schedule}
          checked={[
            looked && { status: 'succeeded', message: looked.message, warnings: looked.warnings },
            checked?.key === placesKey(draft) ? checked.answer : undefined,
          ]}
          preview={preview}
          onSchedule={(schedule) => change({ schedule })}
          onSaved={() => void navigate({ to: '/connections/$name', params: { name: draft.name }, search: {} })}
        />
      )}
    </>
  )
}

const laterSteps: readonly StepName[] = ['destination', 'streams', 'review']

/** The button that led here is gone: the keyboard goes on from the top of the new step. */
function useFocusOnStep(step: StepName): void {
  const before = useRef(step)
  useEffect(() => {
    if (before.current === step) return
    before.current = step
    document.getElementById('main')?.focus({ preventScroll: true })
    window.scrollTo({ top: 0 })
  }, [step])
}

/** A step that what it needs is not there for, after a reload for example, falls back. */
function stepOf(wanted: string | undefined, hasConnector: boolean, hasLooked: boolean): StepName {
  if (!hasConnector) return 'source'
  return (hasLooked && laterSteps.find((step) => step === wanted)) || 'settings'
}
