import { type Macro, PyDict, str, toJson } from '../../../jinja/index.js'
import { engineOf } from '../../adapter/engines/index.js'
import { macroVariable } from '../../context/block-tags.js'
import { executionEnvironment } from '../../context/environments.js'
import { holdsJinja } from '../../context/holds-jinja.js'
import type { NodeContext } from '../../context/node-context.js'
import { ReturnValue } from '../../context/return-value.js'
import type { ManifestNode } from '../../contract.js'
import { dbtVersion } from '../../dbt-version.js'
import { transformErrors } from '../../errors.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import { toPython } from '../../python/values.js'

/** Puts the project's `query-comment` before or behind a statement. */
export type CommentQuery = (sql: string) => string

/** The comment of a node's statements, rendered once. @throws TRANSFORM_COMPILE when it would end itself */
export async function queryComment(
  { root, target }: Pick<ParsedProject, 'root' | 'target'>,
  node: ManifestNode,
  context: NodeContext,
): Promise<CommentQuery> {
  const { comment, isAppended } = root.queryComment
  const text = (
    comment === undefined
      ? toJson(
          toPython({
            app: 'dbt',
            dbt_version: dbtVersion,
            profile_name: target.profileName,
            target_name: target.targetName,
            node_id: node.unique_id,
          }),
          undefined,
          false,
        )
      : await rendered(comment, node, context)
  ).trim()
  if (text.includes('*/'))
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `query comment contains illegal value "*/": ${text}`,
      at: { file: 'dbt_project.yml' },
      data: { dbtType: 'Runtime' },
    })
  if (text === '') return (sql) => sql
  if (!(isAppended ?? engineOf(target.type).appendsComment)) return (sql) => `/* ${text} */\n${sql}`
  return (sql) => {
    const end = sql.trimEnd()
    return end.endsWith(';') ? `${end.slice(0, -1)}\n/* ${text} */;` : `${end}\n/* ${text} */`
  }
}

/** The text stands in a macro with the arguments connection_name and node, which it may leave by `return()`. */
async function rendered(comment: string, node: ManifestNode, context: NodeContext): Promise<string> {
  if (!holdsJinja(comment)) return comment
  const source = `{%- macro query_comment(connection_name, node) -%}${comment}{%- endmacro -%}`
  const { exports } = await executionEnvironment.compile({ name: 'dbt_project.yml', source }).module(context)
  try {
    const macro = exports[macroVariable('query_comment')] as Macro
    return (await macro.jinjaCall([node.unique_id, toPython({ ...node })], null)) as string
  } catch (thrown) {
    if (!(thrown instanceof ReturnValue)) throw thrown
    return thrown.value instanceof PyDict ? toJson(thrown.value, undefined, false) : str(thrown.value)
  }
}
