import { Alert, Button, Group, Radio, Text, TextInput } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type {
  ApiError,
  ConnectionDraftView,
  DestinationConnectorView,
  DiscoveredDraft,
} from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { type CheckAnswer, CheckWarnings } from '../../design/connections/check-answer.js'
import { ErrorWithSecrets } from '../../design/connections/missing-secrets.js'
import { SchemaForm } from '../../design/forms/schema-form.js'
import { Section } from '../../design/page.js'
import { asApiError, ErrorBox } from '../../design/states.js'
import { configSchemaOf, type DestinationValue, missingOf } from './made.js'
import { MissingNote } from './missing-note.js'
import classes from './new-connection.module.css'
import { Placing } from './placing.js'
import type { Preview } from './preview.js'

interface DestinationStepProps {
  readonly destinations: readonly DestinationConnectorView[]
  readonly chosen: DestinationConnectorView
  readonly value: DestinationValue
  readonly found: DiscoveredDraft
  readonly draft: ConnectionDraftView
  readonly preview: Preview
  readonly onChange: (value: DestinationValue) => void
  readonly onChecked: (answer: CheckAnswer) => void
  readonly onGo: () => void
}

/** Where the streams go, and whether it can be written there. */
export function DestinationStep(props: DestinationStepProps) {
  const { destinations, chosen, value, found, draft, preview, onChange, onChecked, onGo } = props
  const [showsMissing, setShowsMissing] = useState(false)
  const schema = configSchemaOf(chosen)
  const missing = missingOf(value, chosen)
  const check = useMutation({
    mutationFn: () => post<CheckAnswer>('/connection-drafts/check-destination', draft),
    onSuccess: (answer) => {
      if (answer.status !== 'succeeded') return
      onChecked(answer)
      onGo()
    },
  })
  const change = (part: Partial<DestinationValue>) => {
    check.reset()
    onChange({ ...value, ...part })
  }
  const error = check.error ? asApiError(check.error) : failureOf(check.data)
  return (
    <Section title="Where do the streams go?">
      <form
        className={`${classes.settings} ${classes.destination}`}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setShowsMissing(true)
          if (missing.length === 0) check.mutate()
        }}
      >
        <Radio.Group
          aria-label="Destination"
          className={classes.wide}
          value={chosen.name}
          onChange={(connector) => change({ connector, config: {} })}
        >
          <div className={classes.choices}>
            {destinations.map((one) => (
              <Radio.Card key={one.name} value={one.name} className={classes.choice}>
                <Radio.Indicator size="xs" />
                <div>
                  <Text fw={600}>{one.title}</Text>
                  <Text size="sm" c="dimmed">
                    {one.description}
                  </Text>
                </div>
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
        {chosen.isWarehouse && (
          <Placing value={value} found={found} isMissing={showsMissing && missing.length > 0} onChange={change} />
        )}
        {(!chosen.isWarehouse || Object.keys(schema.properties ?? {}).length > 0) && (
          <SchemaForm
            key={chosen.name}
            schema={schema}
            value={value.config}
            missing={showsMissing && !chosen.isWarehouse ? missing : []}
            onChange={(config) => change({ config })}
          />
        )}
        <TextInput
          size="sm"
          label="Prefix"
          description={`Put before the name of each stream to make its ${chosen.isWarehouse ? 'table' : 'folder'}.`}
          placeholder={`for example ${draft.name}_`}
          autoComplete="off"
          spellCheck={false}
          value={value.prefix}
          onChange={(event) => change({ prefix: event.currentTarget.value })}
        />
        <Places preview={preview} />
        {error && !check.isPending && <ErrorWithSecrets error={error} />}
        <Group gap="sm">
          <Button type="submit" size="sm" loading={check.isPending}>
            Check the destination
          </Button>
          {error && !check.isPending && (
            <Button size="sm" variant="subtle" onClick={onGo}>
              Go on all the same
            </Button>
          )}
          {showsMissing && <MissingNote missing={missing} />}
        </Group>
      </form>
    </Section>
  )
}

/** What went wrong, also where a destination gives no error of its own. */
export function failureOf(answer: CheckAnswer | undefined): ApiError | undefined {
  if (answer?.status !== 'failed') return undefined
  const { error, message = 'It cannot be written to.' } = answer
  return error ?? { code: 'DESTINATION_WRITE_FAILED', kind: 'user', retryable: false, message }
}

const shownPlaces = 3

/** What it comes to, for the first streams. */
function Places({ preview: { places: known, error } }: { preview: Preview }) {
  if (error) return <ErrorBox error={error} />
  const places = known.filter(({ place }) => place !== undefined)
  if (places.length === 0) return null
  return (
    <dl className={classes.places}>
      {places.slice(0, shownPlaces).map(({ stream, place }) => (
        <div key={stream}>
          <dt>{stream}</dt>
          <dd>→ {place}</dd>
        </div>
      ))}
      {places.length > shownPlaces && <dt>and {places.length - shownPlaces} more</dt>}
    </dl>
  )
}

/** That one end was found right. */
export const Checked = ({
  title,
  message,
  warnings,
}: { title: string; message: string | undefined } & Pick<CheckAnswer, 'warnings'>) => (
  <Alert variant="default" py="xs" icon={<IconCircleCheck size={18} color="var(--status-good)" aria-hidden />}>
    <Text size="sm">
      <b>{title}</b> {message}
    </Text>
    <CheckWarnings of={{ warnings }} />
  </Alert>
)
