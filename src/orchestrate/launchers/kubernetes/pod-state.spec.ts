import { expect, it } from 'vitest'
import { jobState, type PodObject, podState } from './pod-state.js'

type Status = NonNullable<PodObject['status']>
const waiting = (reason: string, message?: string): Status => ({
  phase: 'Pending',
  containerStatuses: [{ state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } }],
})
const terminated = (exitCode: number, reason: string): Status => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  containerStatuses: [{ state: { terminated: { exitCode, reason } } }],
})

it.each([
  [{ phase: 'Pending' }, { status: 'starting', reason: undefined }],
  [waiting('ContainerCreating'), { status: 'starting', reason: undefined }],
  [
    waiting('ImagePullBackOff', 'Back-off pulling image "x"'),
    { status: 'starting', reason: 'ImagePullBackOff: Back-off pulling image "x"', isHopeless: false },
  ],
  [waiting('InvalidImageName'), { status: 'starting', reason: 'InvalidImageName', isHopeless: true }],
  [{ phase: 'Running' }, { status: 'running' }],
  [terminated(0, 'Completed'), { status: 'ended', reason: 'ended with exit code 0', isKilled: false, exitCode: 0 }],
  [terminated(2, 'Error'), { status: 'ended', reason: 'ended with exit code 2', isKilled: false, exitCode: 2 }],
  [
    terminated(137, 'OOMKilled'),
    { status: 'ended', reason: 'ended with exit code 137 (OOMKilled)', isKilled: true, exitCode: 137 },
  ],
  [
    { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' },
    { status: 'ended', reason: 'ended with Evicted: The node was low on memory.', isKilled: true },
  ],
] as const)('a pod with %j', (status, state) => {
  expect(podState({ status: status as Status })).toEqual(state)
})

it('a Job without a pod tells by its conditions', () => {
  expect(jobState({})).toEqual({ status: 'starting' })
  const failed = { type: 'Failed', status: 'True', reason: 'DeadlineExceeded', message: 'Too long.' }
  expect(jobState({ status: { conditions: [failed] } })).toMatchObject({
    status: 'ended',
    reason: 'failed: DeadlineExceeded: Too long.',
    isKilled: true,
  })
  expect(jobState({ status: { conditions: [{ type: 'Complete', status: 'True' }] } })).toMatchObject({
    isKilled: false,
  })
})
