import { type ErrorDetails, plural } from '../../base/index.js'
import type { ManifestNode, ManifestResource, NodeResult, TransformEvent } from '../contract.js'
import type { RunSession } from '../execute/open-session.js'
import { placeLines } from '../log/error-text.js'
import { runCounts } from './counts.js'
import type { CommandInvocation } from './invocation.js'

const isBad = ({ status }: NodeResult) => ['error', 'fail', 'runtime error', 'partial success'].includes(status)

/** An error for a reader: what, where, what to do. */
export function errorLines({ message, at, frame, hint }: ErrorDetails): string[] {
  return [message, ...placeLines({ message, at, frame, hint })]
}

/** Prints a run as dbt does: a line when a node starts, a line when it ends, then what went wrong and a count. */
export class ResultPrinter {
  readonly #invocation: CommandInvocation
  readonly #session: RunSession

  constructor(invocation: CommandInvocation, session: RunSession) {
    this.#invocation = invocation
    this.#session = session
  }

  event(event: TransformEvent): void {
    const { io, flags } = this.#invocation
    io.onEvent?.(event)
    if (event.type === 'log') {
      if (event.level !== 'debug' || flags.debug) this.#invocation.info(event.message)
      return
    }
    const node = this.#node(event.uniqueId)
    if (event.type === 'batch_started' || event.type === 'batch_finished') {
      this.#invocation.info(batchLine(event, node))
      // A model's result says how many of its batches failed; why stands here.
      const error = event.type === 'batch_finished' ? event.result.error : undefined
      if (error) for (const line of errorLines(error)) io.stdout(`  ${line}`)
      return
    }
    const place = `${event.index} of ${event.total}`
    if (event.type === 'node_started')
      this.#invocation.info(padded(`${place} START ${describe(node, event.uniqueId)}`, 'RUN'))
    else {
      const [text, status] = finished(node, event.result)
      this.#invocation.info(padded(`${place} ${text}`, status))
    }
  }

  /** Answers the exit code. */
  summary(results: readonly NodeResult[], elapsedSeconds: number): number {
    const { io } = this.#invocation
    const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length
    const errors = results.filter(isBad).length
    this.#invocation.info('')
    this.#invocation.info(
      `Finished running ${runCounts(results.map(({ unique_id }) => this.#node(unique_id)))} in ${duration(elapsedSeconds)}.`,
    )
    this.#invocation.info('')
    const warnings = count('warn')
    this.#invocation.info(
      errors + warnings === 0
        ? 'Completed successfully'
        : `Completed with ${plural(errors, 'error')}, ${plural(count('partial success'), 'partial success')}, and ${plural(warnings, 'warning')}:`,
    )
    for (const result of results)
      if (isBad(result) || result.status === 'warn') for (const line of this.#problem(result)) io.stdout(line)
    this.#invocation.info('')
    this.#invocation.info(
      `Done. PASS=${count('success', 'pass')} WARN=${warnings} ERROR=${errors} SKIP=${count('skipped')} NO-OP=${count('no-op')} TOTAL=${results.length}`,
    )
    return errors > 0 || io.signal?.aborted ? 1 : 0
  }

  #node(id: string): ManifestNode | ManifestResource | undefined {
    const { nodes, unit_tests } = this.#session.manifest
    return nodes[id] ?? unit_tests[id]
  }

  #problem(result: NodeResult): string[] {
    const node = this.#node(result.unique_id)
    const { error, status, message } = result
    const name = node ? `${node.resource_type} ${node.name} (${node.original_file_path})` : result.unique_id
    // The message of an error says itself where it is.
    const heading = status === 'error' ? [] : [`${status === 'warn' ? 'Warning' : 'Failure'} in ${name}`]
    const text = (message ?? '').split('\n').map((line) => (heading.length === 0 ? line : `  ${line}`.trimEnd()))
    const [, ...details] = error ? errorLines({ ...error, message: message ?? '' }) : []
    const compiled =
      status !== 'error' && node?.resource_type === 'test'
        ? ['', `  compiled code at ${String(node.compiled_path)}`]
        : []
    return ['', ...heading, ...text, ...details, ...compiled]
  }
}

/** `0 hours 0 minutes and 1.23 seconds (1.23s)` */
function duration(seconds: number): string {
  const whole = Math.floor(seconds / 60)
  const rest = (seconds - whole * 60).toFixed(2)
  return `${Math.floor(whole / 60)} hours ${whole % 60} minutes and ${rest} seconds (${seconds.toFixed(2)}s)`
}

/** Dots up to the status, as in dbt. */
export const padded = (text: string, status: string) => `${text} `.padEnd(80, '.').concat(` [${status}]`)

function batchLine(
  event: Extract<TransformEvent, { type: 'batch_started' | 'batch_finished' }>,
  node: ManifestNode | ManifestResource | undefined,
): string {
  const place = `Batch ${event.index} of ${event.total}`
  const shown = `batch ${event.batch} of ${node ? relationOf(node) : event.uniqueId}`
  if (event.type === 'batch_started') return padded(`${place} START ${shown}`, 'RUN')
  const { status, message, execution_time } = event.result
  const time = `in ${execution_time.toFixed(2)}s`
  if (status === 'skipped') return padded(`${place} SKIP ${shown}`, `SKIPPED ${time}`)
  return status === 'error'
    ? padded(`${place} ERROR creating ${shown}`, `ERROR ${time}`)
    : padded(`${place} OK created ${shown}`, `${message ?? 'OK'} ${time}`)
}

/** What ran and how it ended, in dbt's words for each kind of node. */
function finished(node: ManifestNode | ManifestResource | undefined, result: NodeResult): readonly [string, string] {
  const { status, execution_time, message, failures, unique_id } = result
  const type = node?.resource_type
  if (status === 'skipped') {
    const hasRelation = type === 'model' || type === 'seed' || type === 'snapshot'
    const name = node ? (hasRelation ? `relation ${relationOf(node)}` : describe(node, unique_id)) : unique_id
    return [`SKIP ${name}`, 'SKIP']
  }
  const time = `in ${execution_time.toFixed(2)}s`
  if (type === 'test' || type === 'unit_test') {
    const word = status === 'fail' || status === 'warn' ? `${status} ${failures ?? ''}`.trim() : status
    return [`${word.toUpperCase()} ${node?.name}`, `${word.toUpperCase()} ${time}`]
  }
  const verb = { seed: ' loaded', snapshot: ' snapshotted', model: ' created' }[type as string] ?? ''
  const failing = { seed: ' loading', snapshot: ' snapshotting', model: ' creating' }[type as string] ?? ''
  if (isBad(result)) return [`ERROR${failing} ${describe(node, unique_id)}`, `ERROR ${time}`]
  const response = type === 'operation' ? 'OK' : (message?.split('\n')[0] ?? 'OK')
  return [`OK${verb} ${describe(node, unique_id)}`, `${response} ${time}`]
}

const relationOf = (node: ManifestNode | ManifestResource) =>
  `${String(node.schema)}.${String(node.alias ?? node.name)}`

function describe(node: ManifestNode | ManifestResource | undefined, id: string): string {
  switch (node?.resource_type) {
    case 'model': {
      const { materialized, incremental_strategy } = (node as ManifestNode).config
      const isBatched = materialized === 'incremental' && incremental_strategy === 'microbatch'
      return `sql ${isBatched ? 'microbatch' : materialized} model ${relationOf(node)}`
    }
    case 'seed':
      return `seed file ${relationOf(node)}`
    case 'snapshot':
      return `snapshot ${relationOf(node)}`
    case 'unit_test':
      return `unit_test ${String(node.model)}::${node.name}`
    case 'operation': {
      const when = (node as ManifestNode).tags.find((tag) => tag.startsWith('on-run-'))
      return `hook: ${node.package_name}.${when}.${String(node.index ?? 0)}`
    }
    case undefined:
      return id
    default:
      return `${node?.resource_type} ${node?.name}`
  }
}
