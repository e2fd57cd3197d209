import type { DbtCommand } from '../invocation/invocation.js'
import { docsGenerate } from './docs-generate.js'
import { docsServe } from './docs-serve.js'

/** `docs generate` and `docs serve`. */
export const docs: DbtCommand = (invocation) =>
  invocation.rest[0] === 'serve' ? docsServe(invocation) : docsGenerate(invocation)
