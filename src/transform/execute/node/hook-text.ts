import { type MillraceError, toMillraceError } from '../../../base/index.js'
import { executionEnvironment } from '../../context/environments.js'
import { holdsJinja } from '../../context/holds-jinja.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ManifestNode } from '../../contract.js'
import { type HookScope, inHook } from '../../project/written-place.js'

/** The text that a node rendered last apart from its own: a hook. What goes wrong in it has its place where it is written. */
export class HookText {
  readonly #node: ManifestNode
  readonly #project: HookScope
  #written = ''
  #sql: string | undefined

  constructor(node: ManifestNode, project: HookScope) {
    this.#node = node
    this.#project = project
  }

  async render(text: string, context: NodeContext): Promise<string> {
    const { original_file_path: file } = this.#node
    this.#written = text
    this.#sql = text
    if (!holdsJinja(text)) return text
    try {
      this.#sql = await executionEnvironment.compile({ name: file, source: text }).render(context)
      return this.#sql
    } catch (thrown) {
      const error = toMillraceError(thrown)
      throw error.at?.file === file ? this.#placed(error) : error
    }
  }

  /** An error of the statement that was sent last, where that was the hook. */
  located(error: MillraceError, lastSql: string): MillraceError {
    if (error.code !== 'WAREHOUSE_SQL' || this.#sql?.trim() !== lastSql.trim()) return error
    return this.#placed(Object.assign(error, { at: undefined }))
  }

  #placed(error: MillraceError): MillraceError {
    return inHook(error, this.#written, this.#node, this.#project)
  }
}
