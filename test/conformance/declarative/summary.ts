import { canonical } from './exact-json.js'
import type { Message } from './protocol-messages.js'
import { byText, type GoldenStep, type GoldenStream, isOrdered, type Scenario } from './scenario.js'
import type { Script } from './scripted-server.js'

type Summary = { -readonly [K in keyof GoldenStep]: GoldenStep[K] }
type StreamSummary = {
  -readonly [K in keyof GoldenStream]: GoldenStream[K] extends readonly (infer T)[] ? T[] : GoldenStream[K]
}

/** What a step did, in the form of the golden files, of which it leaves out what is only to be read. */
export function summarised(
  scenario: Scenario,
  ran: {
    readonly messages: readonly Message[]
    readonly exitCode: number
    readonly script: Script
    readonly waits: readonly number[]
  },
): GoldenStep {
  const streams: Record<string, StreamSummary & { states: unknown[] }> = {}
  const stream = (name: string) => {
    streams[name] ??= { statuses: [], records: [], record_count: 0, states: [], state: null, state_record_count: null }
    return streams[name]
  }
  const errors: GoldenStep['errors'][number][] = []
  const controls: unknown[] = []
  const summary: Summary = {
    exit_code: ran.exitCode,
    errors,
    requests: counted(ran.script),
    sleeps: ran.waits.map((seconds) => ['', seconds] as const),
  }
  for (const message of ran.messages) {
    if (message.type === 'RECORD') {
      const entry = stream(message.record.stream)
      entry.records.push(message.record.data)
      entry.record_count++
      const { file_reference: file } = message.record
      if (file) entry.files = [...(entry.files ?? []), [file.source_file_relative_path, file.file_size_bytes]]
    } else if (message.type === 'STATE') {
      const entry = stream(message.state.stream.stream_descriptor.name)
      entry.states.push(message.state.stream.stream_state)
      entry.state = message.state.stream.stream_state
      entry.state_record_count = (entry.state_record_count ?? 0) + message.state.sourceStats.recordCount
    } else if (message.type === 'CONTROL') {
      controls.push({ type: message.control.type, config: message.control.connectorConfig.config })
    } else if (message.type === 'CONNECTION_STATUS') summary.connection_status = message.connectionStatus as never
    else if (message.type === 'CATALOG') summary.catalog = message.catalog as never
    else if (message.type === 'SPEC') summary.spec = message.spec
    else if (message.type === 'TRACE' && message.trace.type === 'ERROR') {
      const { stream_descriptor, ...error } = message.trace.error
      errors.push({ ...error, stream: stream_descriptor?.name ?? null })
    } else if (message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS') {
      const { status, reasons, stream_descriptor } = message.trace.stream_status
      stream(stream_descriptor.name).statuses.push([status, ...(reasons ?? []).map(({ type }) => type)].join(':'))
    }
  }
  for (const [name, { states, ...entry }] of Object.entries(streams)) {
    if (!isOrdered(scenario, name)) entry.records.sort(byText)
    const files = entry.files && { files: [...entry.files].sort(byText) }
    streams[name] = { ...entry, ...files, ...(scenario.state_sequence ? { state_sequence: states } : {}) } as never
  }
  if (Object.keys(streams).length > 0) summary.streams = streams
  if (controls.length > 0) summary.controls = controls
  if (ran.script.unmatched.length > 0) summary.unmatched_requests = [...ran.script.unmatched].sort()
  return summary
}

function counted(script: Script) {
  const counts = new Map<string, { request: unknown; count: number }>()
  for (const request of script.requests) {
    const query = request.query.map(([name, value]) => `${name}=${value}`).sort()
    const key = canonical({ ...request, query })
    const entry = counts.get(key) ?? { request: { ...request, query }, count: 0 }
    counts.set(key, { ...entry, count: entry.count + 1 })
  }
  return [...counts.values()].map(({ request, count }) => ({ ...(request as object), count }))
}
