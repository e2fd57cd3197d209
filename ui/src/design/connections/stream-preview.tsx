import { Accordion, Badge, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ExchangeView, StreamPreviewView } from '../../../../src/server/contract/index.js'
import { CodeWords } from '../code/code-words.js'
import { asApiError, ErrorBox } from '../states.js'
import { DataTable } from '../tables/data-table.js'
import { plural } from '../text/time.js'
import { Warning } from '../warning.js'
import classes from './stream-preview.module.css'

/** The first records of a stream that a manifest reads, with what was asked and answered for them. Nothing is asked before somebody wants it. */
export function StreamPreview({
  likeWhat,
  load,
}: {
  /** Which sync would ask the same. */
  likeWhat: 'first' | 'next'
  load: () => Promise<StreamPreviewView>
}) {
  const preview = useMutation({ mutationFn: load })
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Button size="xs" variant="default" loading={preview.isPending} onClick={() => preview.mutate()}>
          {preview.data ? 'Read again' : 'Read the first records'}
        </Button>
        <Text size="sm" c="dimmed">
          {likeWhat === 'first'
            ? 'Asks the API as the first sync would, from the start, for two pages at most.'
            : 'Asks the API as the next sync would, from the kept state if there is one, for two pages at most.'}{' '}
          Nothing is loaded.
        </Text>
      </Group>
      {preview.error && <ErrorBox error={asApiError(preview.error)} />}
      {preview.data && !preview.isPending && <Previewed preview={preview.data} begins="that the last sync kept" />}
    </Stack>
  )
}

/** What was read, and what was asked for it. */
export function Previewed({
  preview: { records, whyEmpty, error, begin, schema, undeclared, state, exchanges, logs },
  begins,
}: {
  preview: StreamPreviewView
  /** Of a state: where it comes from. */
  begins: string
}) {
  // One that each record repeats is said once.
  const warnings = [...new Set(logs.flatMap(({ level, message }) => (level === 'warn' ? [message] : [])))]
  return (
    <>
      {begin ? (
        <details>
          <summary className={classes.summary}>Read on from the state {begins}</summary>
          <Code block>{JSON.stringify(begin, null, 2)}</Code>
        </details>
      ) : (
        <Text size="sm">Read from the start.</Text>
      )}
      {error && <ErrorBox error={error} />}
      {records.length > 0 ? (
        <DataTable table={tableOf(records)} />
      ) : (
        !error && <Text size="sm">{['No records came.', whyEmpty].filter(Boolean).join(' ')}</Text>
      )}
      {warnings.slice(0, mostNamed).map((message) => (
        <Warning key={message} role="status">
          <CodeWords text={message} />
        </Warning>
      ))}
      {undeclared.length > 0 && (
        <Warning role="status">
          {plural(undeclared.length, 'field')} of these records {undeclared.length === 1 ? 'is' : 'are'} not in the
          schema of the stream, and would not be loaded: <CodeWords text={undeclaredWords(undeclared)} />
        </Warning>
      )}
      {exchanges.length > 0 && (
        <Stack gap={6}>
          <Text size="sm" fw={600}>
            {plural(exchanges.length, 'request')}
          </Text>
          <Exchanges exchanges={exchanges} />
        </Stack>
      )}
      {Object.keys(schema).length > 0 && (
        <details>
          <summary className={classes.summary}>Schema of the stream</summary>
          <Code block className={classes.body} tabIndex={0}>
            {JSON.stringify(schema, null, 2)}
          </Code>
        </details>
      )}
      {state && (
        <details>
          <summary className={classes.summary}>State after these records</summary>
          <Code block>{JSON.stringify(state, null, 2)}</Code>
        </details>
      )}
      {logs.length > 0 && (
        <details>
          <summary className={classes.summary}>{plural(logs.length, 'line')} of log</summary>
          <Code block>{logs.map(({ level, message }) => `${level}  ${message}`).join('\n')}</Code>
        </details>
      )}
    </>
  )
}

const mostNamed = 20

const undeclaredWords = (names: readonly string[]) =>
  names
    .slice(0, mostNamed)
    .map((name) => `\`${name}\``)
    .join(', ') + (names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '')

function Exchanges({ exchanges }: { exchanges: readonly ExchangeView[] }) {
  return (
    <Accordion variant="contained" chevronPosition="left" multiple>
      {exchanges.map((exchange, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two requests may be the same
        <Accordion.Item key={i} value={String(i)}>
          <Accordion.Control>
            <Group gap="xs" wrap="nowrap">
              <Badge
                className={classes.status}
                color={isGood(exchange) ? 'gray' : 'red'}
                variant={isGood(exchange) ? 'default' : 'light'}
              >
                {exchange.response?.status ?? 'no answer'}
              </Badge>
              <Text size="sm" ff="monospace" className={classes.address}>
                {exchange.request.method} {exchange.request.url}
              </Text>
              {exchange.isAuxiliary && (
                <Text size="xs" c="dimmed" className={classes.aside}>
                  not for records
                </Text>
              )}
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <Exchange {...exchange} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  )
}

const isGood = ({ response }: ExchangeView) => response !== undefined && response.status < 400

function Exchange({ request, response, slice }: ExchangeView) {
  return (
    <Stack gap="sm">
      {slice && Object.keys(slice).length > 0 && <Part title="For" text={JSON.stringify(slice)} />}
      <Part
        title="Request"
        text={[
          ...request.headers.map(([name, value]) => `${name}: ${value}`),
          ...(request.body === undefined ? [] : ['', pretty(request.body)]),
        ].join('\n')}
      />
      {response && (
        <>
          <Part
            title="Headers of the answer"
            text={Object.entries(response.headers)
              .map(([name, value]) => `${name}: ${value}`)
              .join('\n')}
          />
          <Part title="Answer" text={pretty(response.body)} />
        </>
      )}
    </Stack>
  )
}

function Part({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <Code block tabIndex={0} className={classes.body}>
        {text === '' ? 'nothing' : text}
      </Code>
    </div>
  )
}

/** JSON with its lines broken; what is cut short, or none, as it is. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

function tableOf(records: StreamPreviewView['records']) {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))]
  const isNumber = (name: string) => records.every((one) => one[name] == null || typeof one[name] === 'number')
  return {
    columns: names.map((name) => ({ name, type: '', kind: isNumber(name) ? ('decimal' as const) : ('text' as const) })),
    rows: records.map((record) => names.map((name) => record[name])),
    truncated: false,
    durationMs: 0,
  }
}
