import { valueAt } from './invalid-setting.js'
import { yamlLibrary } from './yaml.js'

export interface YamlEdit {
  readonly path: readonly string[]
  /** Undefined takes the entry out. */
  readonly value: unknown
}

const lineWidth = 120

/**
 * The text of a YAML mapping with other values in some places. What stands elsewhere stays, with its comments; where every value is the same
 * already, so does every letter.
 * @param text valid YAML whose whole is a mapping
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  const { parseDocument } = yamlLibrary()
  const document = parseDocument(text, { version: '1.2' })
  const isSame = ({ path, value }: YamlEdit) => JSON.stringify(valueAt(document.toJS(), path)) === JSON.stringify(value)
  const wanted = edits.filter((edit) => !isSame(edit))
  if (wanted.length === 0) return text
  for (const { path, value } of wanted) {
    if (value === undefined) document.deleteIn(path)
    // What is small stands on one line, as people write it.
    else document.setIn(path, document.createNode(value, { flow: JSON.stringify(value).length < lineWidth }))
  }
  return document.toString({ lineWidth: 0, singleQuote: true })
}
