import { type MillraceError, toMillraceError } from '../../../base/index.js'
import type { ManifestNode, ProfileTarget } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { inlineNode } from '../../execute/compile/inline-node.js'
import type { RunSession } from '../../execute/open-session.js'
import { warehouseHeader } from '../../execute/results/located-error.js'
import { errorText } from '../../log/error-text.js'
import { nodeInfo } from '../../log/node-info.js'
import type { CommandInvocation } from './invocation.js'

/** What dbt finds out by parsing alone: it is no Jinja, or names something that is not there. */
const foundByParsing = new Set([
  'JINJA_SYNTAX',
  'TRANSFORM_REF_NOT_FOUND',
  'TRANSFORM_SOURCE_NOT_FOUND',
  'TRANSFORM_MACRO_NOT_FOUND',
])

/** Uses SQL of the command line as a node. @throws TRANSFORM_COMMAND, once the log has why, for what is no template */
export async function withInlineNode<T>(
  { log }: CommandInvocation,
  session: RunSession,
  code: string,
  use: (node: ManifestNode) => Promise<T>,
): Promise<T> {
  const { project } = session
  const node = inlineNode(project, code)
  session.prepare({ selectedIds: [node.unique_id] })
  try {
    return await use(node)
  } catch (thrown) {
    const error = toMillraceError(thrown)
    if (!foundByParsing.has(error.code)) throw inWordsOf(project.target, error)
    log.fire('ParseInlineNodeError', { exc: errorText(error) }, { node: nodeInfo(node, { status: 'failed' }) })
    throw transformErrors.create('TRANSFORM_COMMAND', { message: 'Error parsing inline query' })
  }
}

function inWordsOf({ type }: ProfileTarget, error: MillraceError): MillraceError {
  const dbtType = warehouseHeader(error, type)?.replace(/ Error$/, '')
  return dbtType === undefined ? error : Object.assign(error, { data: { ...error.data, dbtType } })
}
