import type { SourceConnector } from '../../connectors/connector.js'
import type { Connection } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectionDocument } from '../document/connection-document.js'

/** Only where rows hold nested data a path leads into it: a column of a table is none, whatever lies in it. @throws CONNECTION_INVALID */
export function checkPaths(
  { streams }: Connection,
  { title, takesPaths }: SourceConnector,
  document: ConnectionDocument,
): void {
  if (takesPaths) return
  for (const { name, primaryKey = [], cursorField = [] } of streams) {
    const [setting, path] = [
      ['primary_key', primaryKey.find(({ length }) => length > 1)] as const,
      ['cursor_field', cursorField.length > 1 ? cursorField : undefined] as const,
    ].find(([, found]) => found !== undefined) ?? ['', undefined]
    if (path === undefined) continue
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `\`${setting}\` of the stream \`${name}\` has the path [${path.join(', ')}] into nested data. A ${title} source has columns only.`,
      ...document.show(['streams', name, setting]),
      hint: `Name a column. What lies inside of one (JSON) can be a column of a view, which is read in the place of the table${setting === 'primary_key' ? `. Several columns as key are written as a list: [${path.join(', ')}]` : ''}.`,
    })
  }
}
