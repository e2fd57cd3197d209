import { repr } from '../../../jinja/index.js'
import type { ManifestNode, ManifestResource, NodeResult, TransformEvent } from '../../contract.js'
import type { RunSession } from '../../execute/open-session.js'
import { hasProblem, isBad } from '../../execute/results/node-result.js'
import { schemaAndAlias } from '../../graph/shown-names.js'
import { levelOfStatus } from '../../log/catalogue/nodes.js'
import { withPlace } from '../../log/error-text.js'
import type { EventContext } from '../../log/event-sink.js'
import { nodeInfo } from '../../log/node-info.js'
import { runCounts } from '../invocation/counts.js'
import type { CommandInvocation } from '../invocation/invocation.js'
import { describeNode, hookStatement } from './describe-node.js'
import { resultMessageData } from './result-message.js'

type Node = ManifestNode | ManifestResource

/** Says how a run goes as dbt does: when a node starts, when it ends, then what went wrong and a count. */
export class ResultPrinter {
  readonly #invocation: CommandInvocation
  readonly #session: RunSession
  readonly #startedAt = new Map<string, Date>()
  readonly #running = new Set<string>()

  constructor(invocation: CommandInvocation, session: RunSession) {
    this.#invocation = invocation
    this.#session = session
    // Their statements are cancelled.
    const tellOfRunning = () => {
      for (const conn_name of this.#running) invocation.log.fire('LogCancelLine', { conn_name })
    }
    invocation.io.signal?.addEventListener('abort', tellOfRunning, { once: true })
  }

  event(event: TransformEvent): void {
    this.#invocation.io.onEvent?.(event)
    switch (event.type) {
      case 'log':
        this.#log(event)
        break
      case 'node_started':
        this.#started(event)
        break
      case 'node_finished':
        this.#finished(event)
        break
      default:
        this.#batch(event)
    }
  }

  #log({ level, message, uniqueId }: Extract<TransformEvent, { type: 'log' }>): void {
    const { log } = this.#invocation
    const node = uniqueId === undefined ? undefined : this.#node(uniqueId)
    const context = node ? { node: nodeInfo(node) } : {}
    if (level === 'warn') log.warn('JinjaLogWarning', { msg: message }, context)
    else log.fire(level === 'debug' ? 'JinjaLogDebug' : 'JinjaLogInfo', { msg: message }, context)
  }

  #started({ uniqueId, index, total }: Extract<TransformEvent, { type: 'node_started' }>): void {
    const { log } = this.#invocation
    const node = this.#node(uniqueId)
    const startedAt = new Date()
    this.#startedAt.set(uniqueId, startedAt)
    this.#running.add(uniqueId)
    const context = node ? { node: nodeInfo(node, { status: 'started', startedAt }) } : {}
    if (node?.resource_type === 'operation') {
      log.fire('LogHookStartLine', { statement: hookStatement(node), index, total }, context)
      return
    }
    log.fire('NodeStart', {}, context)
    log.fire('LogStartLine', { description: describeNode(node, uniqueId), index, total }, context)
  }

  #finished({ uniqueId, index, total, result }: Extract<TransformEvent, { type: 'node_finished' }>): void {
    const { log } = this.#invocation
    this.#running.delete(uniqueId)
    const node = this.#node(uniqueId)
    const context = this.#contextOf(node, result)
    this.#fireResult(node, result, { index, total }, context)
    if (node?.resource_type === 'operation') return
    log.fire('NodeFinished', { run_result: resultMessageData(result) }, context)
    if (isBad(result)) {
      const run_result = resultMessageData(result)
      log.fire('MarkSkippedChildren', { unique_id: uniqueId, status: result.status, run_result })
    }
  }

  #fireResult(
    node: Node | undefined,
    result: NodeResult,
    place: { readonly index: number; readonly total: number },
    context: EventContext,
  ): void {
    const { log } = this.#invocation
    const { status, execution_time, message } = result
    const said = message?.split('\n')[0] ?? 'OK'
    // Of what succeeded in part, the message says how much.
    const shown = isBad(result) && status !== 'partial success' ? status : said
    const ended = { ...place, ...this.#group(node), execution_time, status: shown }
    const description = describeNode(node, result.unique_id)
    const type = node?.resource_type ?? ''
    const leveled = { ...context, level: levelOfStatus(status) }
    const hasRelation = type === 'model' || type === 'seed' || type === 'snapshot'
    const schema = String(node?.schema ?? '')
    if (type === 'operation')
      log.fire('LogHookEndLine', { ...place, execution_time, status, statement: hookStatement(node) }, context)
    else if (status === 'skipped' && result.error) {
      const skipped = { ...place, schema, relation: String(node?.name), status: 'error' }
      log.fire('LogSkipBecauseError', skipped, context)
    } else if (status === 'skipped') {
      const name = String(hasRelation ? node?.alias : node?.name)
      log.fire('SkippingDetails', { ...place, resource_type: type, schema, node_name: name }, context)
    } else if (status === 'no-op') log.fire('LogNodeNoOpResult', { ...ended, description }, context)
    else if (type === 'test' || type === 'unit_test')
      log.fire('LogTestResult', testData(node, result, description, place), leveled)
    else if (type === 'seed') {
      const relation = String(node?.alias)
      log.fire('LogSeedResult', { ...ended, status, result_message: said, schema, relation }, leveled)
    } else if (type === 'snapshot') {
      const data = { ...ended, status, result_message: said, description: schemaAndAlias(node as Node), cfg: {} }
      log.fire('LogSnapshotResult', data, leveled)
    } else if (type === 'function') log.fire('LogFunctionResult', { ...ended, description }, leveled)
    else log.fire('LogModelResult', { ...ended, description }, leveled)
  }

  #batch(event: Extract<TransformEvent, { type: 'batch_started' | 'batch_finished' }>): void {
    const { log } = this.#invocation
    const node = this.#node(event.uniqueId)
    const description = `batch ${event.batch} of ${node ? schemaAndAlias(node) : event.uniqueId}`
    const place = { description, batch_index: event.index, total_batches: event.total }
    const context = node ? { node: nodeInfo(node) } : {}
    if (event.type === 'batch_started') {
      log.fire('LogStartBatch', place, context)
      return
    }
    const { status, message, execution_time, error } = event.result
    const said = status === 'error' || status === 'skipped' ? status : (message ?? 'OK')
    log.fire('LogBatchResult', { ...place, status: said, execution_time }, { ...context, level: levelOfStatus(status) })
    // A model's result says how many of its batches failed; why stands here.
    if (error) log.fire('RunResultError', { msg: withPlace(message ?? '', error) }, context)
  }

  /** Answers the exit code. `tellsCounts`: what of which type ran and how long it took, which clone leaves out. */
  summary(results: readonly NodeResult[], elapsedSeconds: number, { tellsCounts = true } = {}): number {
    const { io, log } = this.#invocation
    const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length
    const bad = results.filter(hasProblem)
    const warned = results.filter(({ status }) => status === 'warn')
    if (tellsCounts) {
      this.counts(runCounts(results.map(({ unique_id }) => this.#node(unique_id))), elapsedSeconds)
    }
    log.fire('EndRunResult', {
      results: results.map(resultMessageData),
      elapsed_time: elapsedSeconds,
      generated_at: new Date().toISOString(),
      success: bad.length === 0,
    })
    this.gap()
    const partly = count('partial success')
    log.fire('EndOfRunSummary', {
      num_errors: bad.length - partly,
      num_warnings: warned.length,
      num_partial_success: partly,
      keyboard_interrupt: io.signal?.aborted ?? false,
    })
    for (const result of [...bad, ...warned]) this.problem(result)
    this.gap()
    log.fire('StatsLine', {
      stats: {
        pass: count('success', 'pass'),
        warn: warned.length,
        error: results.filter(isBad).length,
        skip: count('skipped'),
        noop: count('no-op'),
        reused: 0,
        total: results.length,
      },
    })
    return bad.length > 0 || io.signal?.aborted ? 1 : 0
  }

  /** What ran, and how long that took. */
  counts(stat_line: string, elapsedSeconds: number): void {
    this.gap()
    this.#invocation.log.fire('FinishedRunningStats', {
      stat_line,
      execution: ` in ${duration(elapsedSeconds)}`,
      execution_time: elapsedSeconds,
    })
  }

  /** An empty line. */
  gap(): void {
    this.#invocation.log.fire('Formatting', { msg: '' })
  }

  #node(id: string): Node | undefined {
    const { nodes, unit_tests, exposures, saved_queries, functions } = this.#session.manifest
    return nodes[id] ?? unit_tests[id] ?? exposures[id] ?? saved_queries[id] ?? functions[id]
  }

  #contextOf(node: Node | undefined, { status, thread_id, unique_id }: NodeResult): EventContext {
    if (!node) return {}
    const startedAt = this.#startedAt.get(unique_id)
    const state = { status, finishedAt: new Date(), ...(startedAt && { startedAt }) }
    return { node: nodeInfo(node, state), thread: thread_id === 'main' ? 'MainThread' : thread_id }
  }

  /** Whom to tell: the group of a node, or of what a test tests. */
  #group(node: Node | undefined): { readonly group?: Readonly<Record<string, unknown>> } {
    const attached = typeof node?.attached_node === 'string' ? this.#node(node.attached_node) : undefined
    const name = node?.group ?? attached?.group
    const group = Object.values(this.#session.manifest.groups).find((one) => one.name === name)
    if (!group) return {}
    const owner = Object.entries((group.owner ?? {}) as Record<string, unknown>).map(([key, value]) => [
      key,
      Array.isArray(value) ? repr(value) : String(value),
    ])
    return { group: { name: group.name, package_name: group.package_name, owner: Object.fromEntries(owner) } }
  }

  /** What went wrong with a node, where, and what to do about it. */
  problem(result: NodeResult): void {
    const { log } = this.#invocation
    const node = this.#node(result.unique_id)
    const { error, status, message } = result
    const context = node ? { node: nodeInfo(node, { status }) } : {}
    const [fallbackType = '', , ...rest] = result.unique_id.split('.')
    const place = {
      resource_type: node?.resource_type ?? fallbackType,
      node_name: node?.name ?? rest.join('.'),
      path: node?.original_file_path ?? '',
    }
    const group = this.#group(node)
    this.gap()
    log.fire(status === 'warn' ? 'RunResultWarning' : 'RunResultFailure', { ...place, ...group }, context)
    const text = error ? withPlace(message ?? '', error) : (message ?? '')
    if (status === 'warn') log.fire('RunResultWarningMessage', { msg: message ?? '' }, context)
    else if (message) log.fire('RunResultError', { msg: text, ...group }, context)
    else log.fire('RunResultErrorNoMessage', { status }, context)
    const compiled = result.compiled_path ?? (node as Partial<ManifestNode> | undefined)?.compiled_path
    if (typeof compiled === 'string') {
      this.gap()
      log.fire('SQLCompiledPath', { path: compiled }, context)
    }
    if (node?.resource_type === 'test' && node.relation_name && (status === 'fail' || status === 'warn')) {
      this.gap()
      log.fire('CheckNodeTestFailure', { relation_name: String(node.relation_name) }, context)
    }
  }
}

function testData(
  node: Node | undefined,
  { status, failures, execution_time }: NodeResult,
  description: string,
  { index, total }: { readonly index: number; readonly total: number },
) {
  const attached = node?.attached_node
  return {
    name: node?.resource_type === 'unit_test' ? description.replace(/^unit_test /, '') : (node?.name ?? description),
    status,
    index,
    num_models: total,
    execution_time,
    num_failures: failures ?? 0,
    ...(typeof attached === 'string' ? { attached_node: attached } : {}),
  }
}

/** `0 hours 0 minutes and 1.23 seconds` */
function duration(seconds: number): string {
  const whole = Math.floor(seconds / 60)
  const rest = (seconds - whole * 60).toFixed(2)
  return `${Math.floor(whole / 60)} hours ${whole % 60} minutes and ${rest} seconds`
}
