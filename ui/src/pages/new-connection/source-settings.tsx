import { Anchor, Button, Group, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiError, ConnectorView, DiscoveredDraft, SourceSpecView } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { type CheckAnswer, CheckWarnings } from '../../design/connections/check-answer.js'
import { ErrorWithSecrets } from '../../design/connections/missing-secrets.js'
import { SchemaForm } from '../../design/forms/schema-form.js'
import {
  completed,
  isSame,
  missingSettings,
  type SettingSchema,
  type Settings,
  withSetting,
} from '../../design/forms/setting-schema.js'
import { Section } from '../../design/page.js'
import { asApiError } from '../../design/states.js'
import type { LookedInto, SourceSettingsValue } from './made.js'
import { MissingNote } from './missing-note.js'
import classes from './new-connection.module.css'

/** The settings of the source, from its own schema, and whether they are right. */
export function SourceSettings({
  connector,
  value,
  onChange,
  onLooked,
}: {
  connector: ConnectorView
  value: SourceSettingsValue
  onChange: (value: SourceSettingsValue) => void
  onLooked: (looked: LookedInto) => void
}) {
  const { name, config, told } = value
  const [showsMissing, setShowsMissing] = useState(false)
  // The settings of an Airbyte connector, or of a manifest, are only known once it is named.
  const mustTell = connector.name === 'airbyte' || connector.name === 'declarative'
  const outer = connector.spec as SettingSchema
  const spec: SettingSchema = told ? (told.spec as SettingSchema) : mustTell ? withoutInner(outer) : outer
  const source = { connector: connector.name, config: completed(spec, config) as Settings }
  const missing = [...(name.trim() === '' ? ['name'] : []), ...missingSettings(spec, config)]

  const tell = useMutation({
    mutationFn: () => post<SourceSpecView>('/connectors/spec', source),
    onSuccess: (answer) => {
      setShowsMissing(false)
      onChange({ ...value, told: answer })
    },
  })
  const look = useMutation({
    mutationFn: async (): Promise<LookedInto | { readonly failed: CheckAnswer }> => {
      const draft = { name: name.trim(), source, destination: { schema: 'raw' } }
      const check = await post<CheckAnswer>('/connection-drafts/check', draft)
      if (check.status !== 'succeeded') return { failed: check }
      const found = await post<DiscoveredDraft>('/connection-drafts/discover', draft)
      return { source, message: check.message, warnings: check.warnings, found }
    },
    onSuccess: (answer) => 'found' in answer && onLooked(answer),
  })
  const goOn = () => {
    setShowsMissing(true)
    if (missing.length > 0) return
    if (mustTell && !told) tell.mutate()
    else look.mutate()
  }
  const thrown = tell.error ?? look.error
  const failed = look.data && 'failed' in look.data ? look.data.failed : undefined
  const error = thrown ? asApiError(thrown) : failed && (failed.error ?? refused(failed.message))
  return (
    <Section title={connector.title} aside={told?.documentationUrl && <Docs url={told.documentationUrl} />}>
      <form
        className={classes.settings}
        onSubmit={(event) => {
          event.preventDefault()
          goOn()
        }}
      >
        <TextInput
          size="sm"
          label="Name of the connection"
          description="Letters, digits, - and _. The file is called so."
          withAsterisk
          error={showsMissing && missing.includes('name') ? 'Needed' : undefined}
          value={name}
          onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
        />
        <SchemaForm
          // What was told makes it another form.
          key={told ? 'told' : 'outer'}
          schema={spec}
          value={config}
          missing={showsMissing ? missing : []}
          onChange={(next) => onChange({ ...value, ...keepTold(value, next) })}
        />
        {error && !look.isPending && !tell.isPending && (
          <>
            <ErrorWithSecrets error={error} onSet={goOn} />
            <CheckWarnings of={failed} />
          </>
        )}
        <Group gap="sm">
          <Button type="submit" size="sm" loading={look.isPending || tell.isPending}>
            {mustTell && !told ? 'Ask it for its settings' : 'Check the source'}
          </Button>
          {showsMissing && <MissingNote missing={missing} />}
        </Group>
      </form>
    </Section>
  )
}

const Docs = ({ url }: { url: string }) => (
  <Anchor href={url} target="_blank" rel="noreferrer" size="sm">
    Its documentation
  </Anchor>
)

const refused = (message: string | undefined): ApiError => ({
  code: 'SOURCE_CONFIG_REFUSED',
  kind: 'user',
  retryable: false,
  message: message ?? 'The source cannot be read with these settings.',
})

/** What says which program, or manifest, a source is. */
export const isSameProgram = (a: Settings, b: Settings): boolean =>
  ['image', 'command', 'container_engine', 'manifest'].every((name) => isSame(a[name], b[name]))

/** Another program has other settings. */
function keepTold(value: SourceSettingsValue, config: Settings): Pick<SourceSettingsValue, 'config' | 'told'> {
  return isSameProgram(value.config, config) || !value.told
    ? { config, told: value.told }
    : { config: withSetting(config, 'config', undefined), told: undefined }
}

export function withoutInner(schema: SettingSchema): SettingSchema {
  const { config: _, ...properties } = schema.properties ?? {}
  return { ...schema, properties }
}
