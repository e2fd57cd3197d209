import { transformErrors } from '../../errors.js'
import type { DbtCommand } from '../invocation/invocation.js'
import { docsGenerate } from './docs-generate.js'
import { docsServe } from './docs-serve.js'

/** `docs generate` and `docs serve`. */
export const docs: DbtCommand = (invocation) => {
  const [name = ''] = invocation.rest
  if (name === 'generate') return docsGenerate(invocation)
  if (name === 'serve') return docsServe(invocation)
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: name === '' ? 'Missing command.' : `No such command '${name}'.`,
    hint: 'It is `dbt docs generate` or `dbt docs serve`.',
  })
}
