import { Anchor, Button, Group, Text, TextInput } from '@mantine/core'
import type { ConnectionChangeView, SettingSchema } from '../../../../../src/server/contract/index.js'
import { SchemaForm } from '../../../design/forms/schema-form.js'
import { missingSettings } from '../../../design/forms/setting-schema.js'
import { Section } from '../../../design/page.js'
import { asApiError, ErrorBox, Lines } from '../../../design/states.js'
import { BothEnds } from '../../new-connection/both-ends.js'
import { configSchemaOf, missingOf } from '../../new-connection/made.js'
import classes from '../../new-connection/new-connection.module.css'
import { Placing } from '../../new-connection/placing.js'
import { ScheduleFields } from '../../new-connection/schedule-fields.js'
import { SourceChanges } from '../../new-connection/streams-step.js'
import { changedEnds } from './changed-ends.js'
import type { ToldSpec } from './editing.js'
import { paceSchema } from './pace.js'
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
      <Section title="Attempts and time limits">
        <div className={classes.settings}>
          <SchemaForm
            schema={paceSchema}
            value={made.pace ?? {}}
            missing={[]}
            onChange={(pace) => onChange({ pace })}
          />
        </div>
        <Text size="sm" c="dimmed" mt="sm">
          Partitions of a stream are written into <code>{settings.file}</code>, below the stream:{' '}
          <code>partitions:</code>
        </Text>
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

function Destination({ made, found, destination, onChange }: TabProps) {
  const value = made.destination
  const set = (part: Partial<typeof value>) => onChange({ destination: { ...value, ...part } })
  const schema = configSchemaOf(destination)
  const missing = missingOf(value, destination)
  return (
    <div className={`${classes.settings} ${classes.destination}`}>
      {destination.isWarehouse && (
        <Placing
          value={value}
          // Before the source was asked, what the file has is known to be there.
          found={found ?? { hasNamespaces: value.placing !== 'default', streams: [] }}
          isMissing={missing.length > 0}
          onChange={set}
        />
      )}
      {(!destination.isWarehouse || Object.keys(schema.properties ?? {}).length > 0) && (
        <SchemaForm
          schema={schema}
          value={value.config}
          missing={destination.isWarehouse ? [] : missing}
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
  const { spec, outer, mustAsk, ask, onAsk } = told
  const { config } = made.source
  const form = (schema: SettingSchema) => (
    <div className={classes.settings}>
      <SchemaForm
        // What was told makes it another form.
        key={spec ? 'told' : 'outer'}
        schema={schema}
        value={config}
        missing={missingSettings(schema, config)}
        onChange={(next) => onChange({ source: { ...made.source, config: next } })}
      />
    </div>
  )
  if (spec) return form(spec)
  if (!outer || (!mustAsk && !ask.error)) return <Lines number={4} />
  // What it is can be corrected where it does not answer.
  return (
    <>
      {ask.error && !mustAsk && <ErrorBox error={asApiError(ask.error)} />}
      {form(outer)}
      <Group mt="sm">
        <Button variant="default" loading={ask.isFetching} onClick={onAsk}>
          {mustAsk ? 'Ask it for its settings' : 'Ask it for its settings again'}
        </Button>
      </Group>
    </>
  )
}

const Docs = ({ url }: { url: string }) => (
  <Anchor href={url} target="_blank" rel="noreferrer" size="sm">
    Its documentation
  </Anchor>
)
