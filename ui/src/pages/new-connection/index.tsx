import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { ConnectionDraftView, ConnectionFileView, ConnectorsView } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { CommandLine } from '../../design/command-line.js'
import { Page, Section } from '../../design/page.js'
import { Empty, Lines, Loaded } from '../../design/states.js'
import { plural } from '../../design/time.js'
import { Catalog } from './catalog.js'
import { lackOf } from './modes.js'
import { Review, Variables } from './review.js'
import { Checked, type LookedInto, SourceSettings, type SourceSettingsValue } from './source-settings.js'
import { type StepName, Steps } from './steps.js'
import { type ChosenStreams, StreamChoice } from './stream-choice.js'

const route = getRouteApi('/connections/new')

export function NewConnectionPage() {
  const query = useQuery({ queryKey: ['connectors'], queryFn: () => get<ConnectorsView>('/connectors') })
  return (
    <Page
      title="New connection"
      tabTitle="New connection · Connections"
      lead="Where the data comes from, which of it, how and when. It becomes a file of the project."
    >
      <Loaded
        query={query}
        skeleton={
          <Section>
            <Lines number={5} />
          </Section>
        }
      >
        {(data) => (data.canCreate ? <Making connectors={data.connectors} /> : <ReadOnly />)}
      </Loaded>
    </Page>
  )
}

function ReadOnly() {
  return (
    <Section>
      <Empty title="Connections are not made through this server">
        Others than its own machine reach it, and a connection may name programs and files there. Make one where the
        project lies: <CommandLine>millrace connections create</CommandLine> Or allow it with{' '}
        <code>server.edit_connections</code> in millrace.yaml.
      </Empty>
    </Section>
  )
}

interface Made {
  readonly source: SourceSettingsValue
  readonly looked: LookedInto | undefined
  readonly chosen: ChosenStreams
  readonly destination: ConnectionDraftView['destination']
  readonly schedule: ConnectionDraftView['schedule']
}

const nothing = (name: string): Made => ({
  source: { name, config: {}, told: undefined },
  looked: undefined,
  chosen: {},
  destination: { schema: 'raw' },
  schedule: undefined,
})

/** The steps are in the address, so that back goes back; what was typed is only on this page. */
function Making({ connectors }: { connectors: ConnectorsView['connectors'] }) {
  const search = route.useSearch()
  const navigate = useNavigate()
  const connector = connectors.find((one) => one.name === search.connector)
  const [made, setMade] = useState<Made>(() => nothing(connector?.name ?? ''))
  const [saved, setSaved] = useState<ConnectionFileView>()
  const go = (step: StepName, name = connector?.name) =>
    void navigate({ to: '/connections/new', search: step === 'source' ? {} : { connector: name, step } })
  const change = (part: Partial<Made>) => setMade((known) => ({ ...known, ...part }))

  const step = stepOf(search.step, connector !== undefined, made.looked !== undefined)
  // The same as long as nothing changed: what is asked of the server hangs on it.
  const draft = useMemo(
    (): ConnectionDraftView => ({
      name: made.source.name.trim(),
      source: made.looked?.source ?? { connector: '', config: {} },
      destination: made.destination,
      streams: Object.values(made.chosen),
      ...(made.schedule ? { schedule: made.schedule } : {}),
    }),
    [made],
  )

  if (saved) return <Saved file={saved} />
  return (
    <>
      <Steps current={step} furthest={made.looked ? 'review' : connector ? 'settings' : 'source'} onGo={go} />
      {step === 'source' && (
        <Section title="Where does the data come from?">
          <Catalog
            connectors={connectors}
            onChoose={(one) => {
              if (one.name !== connector?.name) setMade(nothing(one.name))
              go('settings', one.name)
            }}
          />
        </Section>
      )}
      {step === 'settings' && connector && (
        <SourceSettings
          connector={connector}
          value={made.source}
          // What was looked into was another source.
          onChange={(source) => change({ source, looked: undefined })}
          onLooked={(looked) => {
            const all = Object.fromEntries(looked.streams.map((stream) => [stream.name, stream.proposed]))
            change({ looked, chosen: all })
            go('streams')
          }}
        />
      )}
      {step === 'streams' && made.looked && (
        <>
          <Checked message={made.looked.message} />
          <Section title="What is loaded, and how" isFlush>
            <StreamChoice
              streams={made.looked.streams}
              chosen={made.chosen}
              onChange={(chosen) => change({ chosen })}
            />
          </Section>
          <GoOn made={made} onGo={() => go('review')} />
        </>
      )}
      {step === 'review' && (
        <Review
          draft={draft}
          onChange={change}
          onSaved={(file) => {
            if (file.missingVariables.length > 0) setSaved(file)
            else void navigate({ to: '/connections/$name', params: { name: draft.name }, search: {} })
          }}
        />
      )}
    </>
  )
}

/** A step that what it needs is not there for, after a reload for example, falls back. */
function stepOf(wanted: string | undefined, hasConnector: boolean, hasLooked: boolean): StepName {
  if (!hasConnector || wanted === undefined) return hasConnector ? 'settings' : 'source'
  if (!hasLooked) return 'settings'
  return wanted === 'streams' || wanted === 'review' ? wanted : 'settings'
}

function GoOn({ made, onGo }: { made: Made; onGo: () => void }) {
  const number = Object.keys(made.chosen).length
  const lacking = (made.looked?.streams ?? []).filter((stream) => {
    const one = made.chosen[stream.name]
    return one && lackOf(stream, one)
  })
  return (
    <Group gap="sm">
      <Button size="sm" disabled={number === 0 || lacking.length > 0} onClick={onGo}>
        Go on with {plural(number, 'stream')}
      </Button>
      {lacking[0] && (
        <Text size="sm" c="dimmed">
          {lacking[0].name} needs a {lackOf(lacking[0], made.chosen[lacking[0].name] ?? lacking[0].proposed)} first.
        </Text>
      )}
      {number === 0 && (
        <Text size="sm" c="dimmed">
          Choose one stream at least.
        </Text>
      )}
    </Group>
  )
}

/** The file is there, and cannot be read before its secrets are set. */
function Saved({ file }: { file: ConnectionFileView }) {
  return (
    <Section title={`${file.file} is written`}>
      <Variables file={file} />
      <Text size="sm" mt="sm" component="div">
        For example:{' '}
        <CommandLine>{`${file.missingVariables.map((name) => `${name}=…`).join(' ')} millrace up`}</CommandLine>
      </Text>
    </Section>
  )
}
