import { type ErrorJson, formatLocation } from '../../base/index.js'
import type { ManifestPreview, ShownExchange, StreamPreview } from '../../extract-load/index.js'
import { out } from './colors.js'
import { terminalWidth, textTable } from './table.js'

/** So much of a body is enough to see what it is. */
const shownBody = 600

/** The first records of a source with its requests and answers, for people. */
export function previewText({ streams, exchanges, logs }: ManifestPreview): string {
  const parts = [
    ...(exchanges.length === 0 ? [] : [section('Before any stream', exchanges.map(exchangeText))]),
    ...streams.map((stream, i) => streamText(stream, streams.slice(0, i))),
    ...(logs.length === 0
      ? []
      : [
          section(
            'Log',
            logs.map(({ level, message }) => `  ${out.dim(level)} ${message}`),
          ),
        ]),
  ]
  return parts.join('\n\n') || 'The source has no streams.'
}

function streamText(
  { stream, records, whyEmpty, schema, undeclared, begin, state, error, exchanges }: StreamPreview,
  before: readonly StreamPreview[],
): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, { type?: unknown; format?: string }>)
  const fields = properties.map(([name, one]) => `${name} ${out.dim(typeName(one))}`).join(', ')
  return section(stream, [
    `  ${out.dim('begin')}  ${begin === undefined ? 'the start' : JSON.stringify(begin)}`,
    ...exchanges.map(exchangeText),
    ...(fields === '' ? [] : [`  ${out.dim('fields')}  ${fields}`]),
    ...(undeclared.length === 0
      ? []
      : [`  ${out.yellow('not in the schema, and not loaded')}  ${undeclared.join(', ')}`]),
    ...(records.length > 0
      ? ['', recordTable(records)]
      : error
        ? []
        : [`  ${whyEmpty === undefined ? out.dim('No records.') : `No records. ${whyEmpty}`}`]),
    ...(state === undefined ? [] : ['', `  ${out.dim('state')}  ${JSON.stringify(state)}`]),
    ...(error === undefined ? [] : ['', ...errorLines(error, before)]),
  ])
}

/** What keeps one stream from being read keeps many, as a rule. */
function errorLines(error: ErrorJson, before: readonly StreamPreview[]): readonly string[] {
  const same = before.find(
    (one) =>
      one.error?.message === error.message && one.error.hint === error.hint && placeOf(one.error) === placeOf(error),
  )
  if (same) return [`  ${out.red(error.code)}  ${out.dim(`as of ${same.stream}`)}`]
  const place = placeOf(error)
  return [
    `  ${out.red(error.code)}  ${error.message}`,
    ...(place === undefined ? [] : [`  ${out.dim('at')} ${place}`]),
    ...(error.hint ? [`  ${out.dim(error.hint)}`] : []),
  ]
}

const placeOf = ({ at }: ErrorJson) => at && formatLocation(at)

const section = (title: string, lines: readonly string[]) => [out.bold(title), ...lines].join('\n')

function exchangeText({ request, response, slice, isAuxiliary }: ShownExchange): string {
  const answer = response
    ? `${response.status < 400 ? out.green(String(response.status)) : out.red(String(response.status))}`
    : out.red('no answer')
  const facts = [
    ...(isAuxiliary ? ['not for records'] : []),
    ...(slice && Object.keys(slice).length > 0 ? [`slice ${JSON.stringify(slice)}`] : []),
  ]
  return [
    `  ${out.cyan(request.method)} ${request.url}  ${answer}${facts.length > 0 ? `  ${out.dim(facts.join(', '))}` : ''}`,
    ...request.headers.map(([name, value]) => `      ${out.dim(`${name}: ${value}`)}`),
    ...(request.body === undefined ? [] : [`      ${cut(request.body)}`]),
    ...(response ? [`    ${out.dim('→')} ${cut(response.body)}`] : []),
  ].join('\n')
}

function recordTable(records: StreamPreview['records']): string {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))]
  const width = terminalWidth()
  return textTable(
    columns.map((name) => ({ name })),
    records.map((record) => columns.map((name) => record[name])),
    width === undefined ? {} : { width: width - 2 },
  ).replace(/^(?=.)/gm, '  ')
}

/** On one line, and no longer than it helps. */
function cut(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim()
  return line.length > shownBody ? `${line.slice(0, shownBody)}… ${out.dim(`(${line.length} characters)`)}` : line
}

const typeName = ({ type, format }: { type?: unknown; format?: string }) =>
  [...[type].flat().filter((one) => one !== 'null'), format].filter(Boolean).join(' ')
