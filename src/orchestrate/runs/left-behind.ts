import { isProcessGone } from '../../base/index.js'
import { heldStatuses, type Run } from '../contract/index.js'

/** Whether nobody is at a run that was taken from the queue. What a killed process of this very machine had is so before its lease has ended. */
export const isAbandoned = ({ worker, isAbandoned = false }: Pick<Run, 'worker' | 'isAbandoned'>): boolean =>
  isAbandoned || (worker !== undefined && isProcessGone(worker))

/** Of a run whose engine is gone: killed on this machine, or not heard of. The next engine takes it up. */
export const isLeftBehind = (run: Pick<Run, 'status' | 'worker' | 'isAbandoned'>): boolean =>
  heldStatuses.includes(run.status) && isAbandoned(run)
