import { secretMask, yamlLibrary } from '../../../base/index.js'

/** A secret that is written into a manifest, instead of being asked for by its `spec`. */
interface ClearSecret {
  readonly key: string
  /** Of its text within the manifest. */
  readonly from: number
  readonly to: number
  readonly line: number
  readonly column: number
}

/** What authenticators call theirs; the names of other fields say the same of parameters, endpoints and templates. */
const names =
  'api_token|token|access_token|password|passphrase|client_secret|secret|refresh_token|secret_key|private_key|authorization|x-api-key'
const key = new RegExp(`^(?:${names})$`, 'i')
/** Most manifests have none, and are large: only where this finds something they are read. */
const hint = new RegExp(`(?<![\\w-])(?:${names})["']?\\s*:\\s*(?!["']?\\s*\\{|[\\w$-]+["']?\\s*:)\\S`, 'i')

/** Texts under such keys that are no templates. What cannot be read as YAML has those that can be told. */
export function clearSecrets(text: string): ClearSecret[] {
  if (!hint.test(text)) return []
  const { LineCounter, parseDocument, visit, isScalar } = yamlLibrary()
  const lines = new LineCounter()
  const found: ClearSecret[] = []
  visit(parseDocument(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent' }), {
    Pair(_, { key: name, value }) {
      if (!isScalar(name) || !isScalar(value) || !value.range || !key.test(String(name.value))) return
      const said = String(value.value ?? '')
      if (said === '' || /\{[{%]/.test(said)) return
      const [from, end] = value.range
      // A text of several lines ends with its last line.
      const to = from + text.slice(from, end).trimEnd().length
      const { line, col: column } = lines.linePos(from)
      found.push({ key: String(name.value), from, to, line, column })
    },
  })
  return found
}

/** A manifest for whoever may read it, and not what it keeps. */
export const withoutClearSecrets = (text: string): string =>
  clearSecrets(text)
    .reverse()
    .reduce((shown, { from, to }) => `${shown.slice(0, from)}"${secretMask}"${shown.slice(to)}`, text)
