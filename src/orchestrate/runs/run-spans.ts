import { type Clock, inSpan, type Span, type SpanAttributes } from '../../base/index.js'
import type { ClaimedRun, Metadata, RunStep } from '../contract/index.js'

/** A step may make thousands of assets; so many are named. */
const mostAssets = 50

/**
 * A span from a claim of a run to its end, or to where it is stopped. It goes on with the trace of who asked for the run. A run that
 * nobody's trace asked for has one of its own, with the run's id: whichever engine takes it up, it is the same.
 */
export function inRunSpan<T>(
  { run, isResumed }: ClaimedRun,
  clock: Clock,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { id, selection, trigger, attempt, traceparent } = run
  const isFirst = attempt === 1 && !isResumed
  const attributes = {
    'millrace.run.selection': selection,
    'millrace.run.trigger': trigger.type,
    'millrace.run.trigger_name': trigger.name,
    'millrace.run.attempt': attempt,
    'millrace.run.is_resumed': isResumed,
    'millrace.run.queued_ms': isFirst ? Math.max(0, clock.now().getTime() - Date.parse(run.createdAt)) : undefined,
  }
  const shared = { 'millrace.run.id': id }
  return inSpan('run', { attributes, shared, parent: traceparent, traceId: id.replaceAll('-', '') }, work)
}

/** From a claim of a run to where its run worker has it; that one has the span of the run, in the same trace. */
export function inLaunchSpan<T>({ run }: ClaimedRun, work: (span: Span) => Promise<T>): Promise<T> {
  const { id, attempt, traceparent } = run
  const attributes = { 'millrace.run.attempt': attempt }
  const shared = { 'millrace.run.id': id }
  return inSpan('launch run', { attributes, shared, parent: traceparent, traceId: id.replaceAll('-', '') }, work)
}

/** A step with all of its attempts. */
export function inStepSpan<T>({ key, kind, assets, checks }: RunStep, work: (span: Span) => Promise<T>): Promise<T> {
  const attributes = {
    'millrace.step.kind': kind,
    'millrace.step.assets': assets.slice(0, mostAssets),
    'millrace.step.checks': checks.map(({ asset, name }) => `${asset} ${name}`).slice(0, mostAssets),
  }
  return inSpan(`step ${key}`, { attributes, shared: { 'millrace.step.key': key } }, work)
}

/** Figures that a materialization tells, as attributes. */
export function figuresOf(metadata: Metadata): SpanAttributes {
  const { rows, rows_committed, rows_affected, bytes_read } = metadata
  const figure = (value: Metadata[string] | undefined) => (typeof value === 'number' ? value : undefined)
  return {
    'millrace.rows': figure(rows),
    'millrace.rows_committed': figure(rows_committed),
    'millrace.rows_affected': figure(rows_affected),
    'millrace.bytes_read': figure(bytes_read),
  }
}
