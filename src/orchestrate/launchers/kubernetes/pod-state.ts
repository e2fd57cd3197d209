import type { RunWorkerState } from '../../contract/index.js'

/** Of a Job and its pods: what is looked at. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/ */
export interface JobObject {
  readonly status?: { readonly conditions?: readonly Condition[]; readonly succeeded?: number }
}

export interface PodObject {
  readonly metadata?: { readonly name?: string; readonly creationTimestamp?: string }
  readonly status?: {
    readonly phase?: string
    /** `Evicted`, and the like. */
    readonly reason?: string
    readonly message?: string
    readonly conditions?: readonly Condition[]
    readonly containerStatuses?: readonly {
      readonly state?: {
        readonly waiting?: { readonly reason?: string; readonly message?: string }
        readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly signal?: number }
      }
    }[]
  }
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

/** What waiting does not mend. An image that cannot be pulled now may be there a minute later. */
const hopeless = new Set(['InvalidImageName', 'ErrImageNeverPull'])
/** What every container waits for. */
const usual = new Set(['ContainerCreating', 'PodInitializing'])

/** How a run worker is, by its pod; undefined where the pod says nothing of it. */
export function podState({ status = {} }: PodObject): RunWorkerState {
  const { phase, containerStatuses = [] } = status
  const container = containerStatuses[0]?.state
  if (phase === 'Succeeded' || phase === 'Failed' || container?.terminated) return ended(status)
  if (phase === 'Running') return { status: 'running' }
  const waiting = container?.waiting
  if (waiting?.reason !== undefined && !usual.has(waiting.reason))
    return {
      status: 'starting',
      reason: said(waiting.reason, waiting.message),
      isHopeless: hopeless.has(waiting.reason),
    }
  const unscheduled = status.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False')
  return {
    status: 'starting',
    reason: unscheduled && said(unscheduled.reason ?? 'Unschedulable', unscheduled.message),
  }
}

function ended({ phase, reason, message, containerStatuses = [] }: NonNullable<PodObject['status']>): RunWorkerState {
  const terminated = containerStatuses[0]?.state?.terminated
  if (phase === 'Succeeded' || terminated?.exitCode === 0)
    return { status: 'ended', reason: 'ended with exit code 0', isKilled: false, exitCode: 0 }
  const code = terminated && `exit code ${terminated.exitCode}`
  const why = [reason ?? terminated?.reason, message]
    .filter((part) => part !== undefined && part !== 'Error')
    .join(': ')
  return {
    status: 'ended',
    reason: `ended with ${[code, why && (code ? `(${why})` : why)].filter(Boolean).join(' ') || 'a failure'}`,
    // A node that was lost or emptied, memory that ran out, a signal.
    isKilled: terminated === undefined || terminated.exitCode > 128 || terminated.reason === 'OOMKilled',
    exitCode: terminated?.exitCode,
  }
}

/** Of a Job that has no pod (any more). */
export function jobState({ status = {} }: JobObject): RunWorkerState {
  const failed = status.conditions?.find(({ type, status: is }) => type === 'Failed' && is === 'True')
  if (failed)
    return { status: 'ended', reason: `failed: ${said(failed.reason ?? 'Failed', failed.message)}`, isKilled: true }
  const isComplete = status.conditions?.some(({ type, status: is }) => type === 'Complete' && is === 'True')
  if (isComplete) return { status: 'ended', reason: 'ended with exit code 0', isKilled: false }
  return { status: 'starting' }
}

const said = (reason: string, message: string | undefined) => (message ? `${reason}: ${message}` : reason)
