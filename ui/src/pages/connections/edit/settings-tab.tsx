import { Anchor, Button, Group, TextInput } from '@mantine/core'
import type { ConnectionChangeView } from '../../../../../src/server/contract/index.js'
import { post } from '../../../api/client.js'
import type { CheckAnswer } from '../../../design/check-answer.js'
import { Section } from '../../../design/page.js'
import { SchemaForm } from '../../../design/schema-form.js'
import { missingSettings, type SettingSchema } from '../../../design/setting-schema.js'
import { asApiError, ErrorBox, Lines } from '../../../design/states.js'
import { BothEnds, type TestedEnd } from '../../new-connection/both-ends.js'
import { missingOf } from '../../new-connection/made.js'
import classes from '../../new-connection/new-connection.module.css'
import { Placing } from '../../new-connection/placing.js'
import { ScheduleFields } from '../../new-connection/schedule-fields.js'
import { SourceChanges } from '../../new-connection/streams-step.js'
import type { ToldSpec } from './editing.js'
import type { TabProps } from './schema-tab.js'

/** When it is synced, what becomes of it when its source changes, where it goes and where it comes from. */
export function SettingsTab(props: TabProps & { told: ToldSpec; change: ConnectionChangeView; path: string }) {
  const { settings, made, found, told, change, path, onChange } = props
  const { connector } = settings.source
  return (
    <>
      <Section title="When">
        <ScheduleFields schedule={made.schedule} onChange={(schedule) => onChange({ schedule })} />
      </Section>
      <Section title="When the source changes">
        <SourceChanges
          made={made}
          mayDelete={found?.readsLog === true || connector === 'airbyte' || readsLog(settings.source.config)}
          onChange={onChange}
        />
      </Section>
      <Section title={`Destination: ${props.destination.title}`}>
        <Destination {...props} />
      </Section>
      <Section
        title={`Source: ${told.title}`}
        aside={told.ask.data?.documentationUrl && <Docs url={told.ask.data.documentationUrl} />}
      >
        <Source {...props} />
      </Section>
      <Section title="Both ends">
        <BothEnds ends={changedEnds(path, change)} />
      </Section>
    </>
  )
}

/** In the words of Airbyte's databases. */
const readsLog = ({ replication_method: method }: Readonly<Record<string, unknown>>) =>
  method !== null && typeof method === 'object' && 'method' in method && method.method === 'CDC'

/** Both ends of a connection as it would be. */
export const changedEnds = (path: string, change: ConnectionChangeView): readonly [TestedEnd, TestedEnd] => [
  {
    title: 'Source',
    key: JSON.stringify(change.source ?? null),
    test: () =>
      post<CheckAnswer>(`${path}/check`, {
        before: change.before,
        ...(change.source ? { source: change.source } : {}),
      }),
  },
  {
    title: 'Destination',
    key: JSON.stringify([change.destination, change.streams?.map(({ schema }) => schema)]),
    test: () =>
      post<CheckAnswer>(`${path}/check-destination`, {
        before: change.before,
        ...(change.destination ? { destination: change.destination } : {}),
        ...(change.streams ? { streams: change.streams } : {}),
      }),
  },
]

function Destination({ made, found, destination, onChange }: TabProps) {
  const value = made.destination
  const set = (part: Partial<typeof value>) => onChange({ destination: { ...value, ...part } })
  const missing = missingOf(value, destination)
  return (
    <div className={`${classes.settings} ${classes.destination}`}>
      {destination.isWarehouse ? (
        <Placing
          value={value}
          // Before the source was asked, what the file has is known to be there.
          found={found ?? { hasNamespaces: value.placing !== 'default', streams: [] }}
          isMissing={missing.length > 0}
          onChange={set}
        />
      ) : (
        <SchemaForm
          schema={destination.spec as SettingSchema}
          value={value.config}
          missing={missing}
          onChange={(config) => set({ config })}
        />
      )}
      <TextInput
        size="sm"
        label="Prefix"
        description={`Put before the name of each stream to make its ${destination.isWarehouse ? 'table' : 'folder'}.`}
        autoComplete="off"
        spellCheck={false}
        value={value.prefix}
        onChange={(event) => set({ prefix: event.currentTarget.value })}
      />
    </div>
  )
}

function Source({ made, told, onChange }: TabProps & { told: ToldSpec }) {
  const { spec, ask } = told
  const { config } = made.source
  if (!spec)
    return ask.error ? (
      <>
        <ErrorBox error={asApiError(ask.error)} />
        <Group mt="sm">
          <Button variant="default" loading={ask.isFetching} onClick={() => void ask.refetch()}>
            Ask it for its settings again
          </Button>
        </Group>
      </>
    ) : (
      <Lines number={4} />
    )
  return (
    <div className={classes.settings}>
      <SchemaForm
        schema={spec}
        value={config}
        missing={missingSettings(spec, config)}
        onChange={(next) => onChange({ source: { ...made.source, config: next } })}
      />
    </div>
  )
}

const Docs = ({ url }: { url: string }) => (
  <Anchor href={url} target="_blank" rel="noreferrer" size="sm">
    Its documentation
  </Anchor>
)
