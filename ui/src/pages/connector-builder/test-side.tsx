import { Autocomplete, Button, Code, Group, NumberInput, Select, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { ApiError, StreamPreviewView, TestManifest } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import { Previewed } from '../../design/connections/stream-preview.js'
import { SchemaForm } from '../../design/forms/schema-form.js'
import { completed, missingSettings, type SettingSchema, type Settings } from '../../design/forms/setting-schema.js'
import { Section } from '../../design/page.js'
import { StopButton } from '../../design/runs/stop-button.js'
import { asApiError, ErrorBox, Lines } from '../../design/states.js'
import { plural } from '../../design/text/time.js'
import classes from './builder.module.css'
import type { Checked } from './use-check.js'
import { UseSchemaButton } from './use-schema-button.js'

type Limits = NonNullable<TestManifest['limits']>
const usualLimits: Limits = { records: 20, pagesPerSlice: 2, slices: 2 }

/** A stream read as the draft reads it, with settings that stay on this page. */
export function TestSide({
  name,
  yaml,
  checked,
  onTested,
  onYaml,
}: {
  name: string
  yaml: string
  checked: Checked
  /** Told of a text why it could not be read, or that it could. */
  onTested: (yaml: string, error: ApiError | undefined) => void
  /** The manifest with another schema. */
  onYaml: (yaml: string) => void
}) {
  const { errors } = checked
  const [settings, setSettings] = useState<Settings>({})
  const [chosen, setChosen] = useState<string>()
  const [limits, setLimits] = useState(usualLimits)
  const [state, setState] = useState<Readonly<Record<string, unknown>>>()
  const [showsMissing, setShowsMissing] = useState(false)
  const abort = useRef<AbortController>(undefined)
  // Nobody waits for a page that is left.
  useEffect(() => () => abort.current?.abort(), [])

  const { spec, streams, hasDynamicStreams: hasDynamic } = useLastWhole(checked)
  const stream = chosen !== undefined && (hasDynamic || streams.includes(chosen)) ? chosen : (streams[0] ?? '')
  const missing = missingSettings(spec, settings)
  const test = useMutation({
    mutationFn: (asked: TestManifest) => {
      abort.current = new AbortController()
      return post<StreamPreviewView>(`/connectors/${segment(name)}/test-manifest`, asked, abort.current.signal)
    },
    onSuccess: ({ error }, tested) => onTested(tested.yaml, error),
    onError: (error, tested) => onTested(tested.yaml, asApiError(error)),
  })
  const choose = (one: string) => {
    setChosen(one)
    // Of another stream.
    setState(undefined)
  }
  const run = () => {
    setShowsMissing(true)
    if (missing.length > 0) return
    const config = completed(spec, settings) as Settings
    test.mutate({ yaml, stream, config, limits, ...(state ? { state } : {}) })
  }
  const isStopped = test.error !== null && abort.current?.signal.aborted === true
  const isOld = test.variables !== undefined && test.variables.yaml !== yaml
  return (
    <div className={classes.test}>
      <Section title="Test" aside="Nothing is loaded or kept">
        <form
          className={classes.test}
          onSubmit={(event) => {
            event.preventDefault()
            run()
          }}
        >
          <SchemaForm
            // Another spec is another form.
            key={JSON.stringify(Object.keys(spec.properties ?? {}))}
            schema={spec}
            value={settings}
            onChange={setSettings}
            missing={showsMissing ? missing : []}
            secretNote="Used for tests on this page, and written nowhere."
          />
          <div className={classes.limits}>
            {hasDynamic ? (
              <Autocomplete
                size="sm"
                className={classes.stream}
                label="Stream"
                description="More are known once the API was asked."
                data={[...streams]}
                value={stream}
                onChange={choose}
              />
            ) : (
              <Select
                size="sm"
                className={classes.stream}
                label="Stream"
                searchable
                allowDeselect={false}
                data={[...streams]}
                value={stream === '' ? null : stream}
                onChange={(one) => one !== null && choose(one)}
              />
            )}
            <Limit label="Records" value={limits.records} onChange={(records) => setLimits({ ...limits, records })} />
            <Limit label="Slices" value={limits.slices} onChange={(slices) => setLimits({ ...limits, slices })} />
            <Limit
              label="Pages each"
              value={limits.pagesPerSlice}
              onChange={(pagesPerSlice) => setLimits({ ...limits, pagesPerSlice })}
            />
          </div>
          {state && (
            <details>
              <summary>Begins after a state</summary>
              <Code block>{JSON.stringify(state, null, 2)}</Code>
              <Button variant="subtle" size="compact-sm" onClick={() => setState(undefined)}>
                Begin at the start
              </Button>
            </details>
          )}
          <Group gap="sm">
            {test.isPending ? (
              <StopButton onStop={() => abort.current?.abort()} />
            ) : (
              <Button
                type="submit"
                leftSection={<IconPlayerPlay size={14} aria-hidden />}
                disabled={errors > 0 || stream === ''}
              >
                Test
              </Button>
            )}
            <Text size="sm" c="dimmed">
              {errors > 0
                ? 'What is wrong is mended first.'
                : showsMissing && missing.length > 0
                  ? `Something is needed in ${plural(missing.length, 'setting')}.`
                  : 'Reads the text as it stands here, saved or not.'}
            </Text>
          </Group>
        </form>
      </Section>
      {(test.isPending || test.data || test.error) && (
        <Section
          title={`What ${test.variables?.stream ?? stream} reads`}
          aside={isOld && !test.isPending ? 'Of the text before your last change' : undefined}
        >
          <div className={classes.test}>
            {test.isPending && <Lines number={5} />}
            {isStopped && !test.isPending && <Text size="sm">Stopped.</Text>}
            {test.error && !isStopped && !test.isPending && <ErrorBox error={asApiError(test.error)} />}
            {test.data && !test.isPending && (
              <>
                <Reached preview={test.data} limits={test.variables?.limits ?? usualLimits} />
                <Previewed preview={test.data} begins="of the test before" />
                <Group gap="xs">
                  {test.data.inferredSchema && (
                    <UseSchemaButton
                      name={name}
                      yaml={yaml}
                      stream={test.variables.stream}
                      schema={test.data.inferredSchema}
                      onYaml={onYaml}
                    />
                  )}
                  {test.data.state && (
                    <Button variant="default" onClick={() => setState(test.data.state)}>
                      Begin the next test after this state
                    </Button>
                  )}
                </Group>
              </>
            )}
          </div>
        </Section>
      )}
    </div>
  )
}

function Limit({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  return (
    <NumberInput
      size="sm"
      label={label}
      min={1}
      max={100}
      allowDecimal={false}
      hideControls
      value={value}
      onChange={(next) => typeof next === 'number' && next >= 1 && onChange(next)}
    />
  )
}

/** How far a test went: a stream that ends by a limit is not read to its end. */
function Reached({ preview: { records, exchanges }, limits }: { preview: StreamPreviewView; limits: Limits }) {
  const own = exchanges.filter(({ isAuxiliary }) => !isAuxiliary)
  const slices = new Set(own.map(({ slice }) => JSON.stringify(slice ?? {}))).size
  return (
    <Text size="sm" c="dimmed">
      {plural(records.length, 'record')} of {plural(own.length, 'page')} in {plural(slices, 'slice')}. A test ends after{' '}
      {plural(limits.records, 'record')}, {plural(limits.slices, 'slice')} and {plural(limits.pagesPerSlice, 'page')} of
      each; a sync reads on.
    </Text>
  )
}

const nothing = {
  spec: { type: 'object' } as SettingSchema,
  streams: [] as readonly string[],
  hasDynamicStreams: false,
}

/** While a text is half typed, its settings and streams are those that it last had. */
function useLastWhole({ found, errors }: Checked): typeof nothing {
  const last = useRef(nothing)
  if (found && errors === 0) last.current = { ...found, spec: found.spec as SettingSchema }
  return last.current
}
