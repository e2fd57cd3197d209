import type { ErrorJson } from '../../base/index.js'
import { orchestrateErrors } from '../errors.js'

export function maxRuntimeError(): ErrorJson {
  return orchestrateErrors
    .create('RUN_MAX_RUNTIME', {
      message: 'The run was ended: it went on for longer than it may.',
      hint: 'Give it more time with the tag millrace/max_runtime (seconds) or `runs.max_runtime` in millrace.yaml, or make less at once.',
    })
    .toJSON()
}
