import type { CataloguedConnection } from '../airbyte/catalogue.js'
import type { AirbyteServer } from '../contract.js'

/** A connection that another server keeps, as a file of ours would say it: for its page, and to tell what changed of it. */
export function remoteText({ name: server }: AirbyteServer, connection: CataloguedConnection, name: string): string {
  const { source, destination, schema, prefix, schedule, status, statusReason, streams } = connection
  const line = (key: string, value: string | undefined, indent = '') =>
    value === undefined ? [] : [`${indent}${key}: ${plain(value)}`]
  return [
    `# Kept by the Airbyte server ${server}, and changed there: ${connection.page}`,
    ...line('name', name),
    ...line('title', connection.title),
    ...line('status', statusReason === undefined ? status : `${status} (${statusReason})`),
    'source:',
    ...line('connector', source.type, '  '),
    ...line('title', source.title, '  '),
    'destination:',
    ...line('connector', destination.type, '  '),
    ...line('title', destination.title, '  '),
    ...line('schema', schema, '  '),
    ...line('prefix', prefix, '  '),
    'streams:',
    ...streams.flatMap((stream) => [
      `  ${plain(stream.namespace ? `${stream.namespace}.${stream.name}` : stream.name)}:`,
      ...line('mode', stream.mode, '    '),
      ...line('table', stream.schema === undefined ? stream.table : `${stream.schema}.${stream.table}`, '    '),
      ...line('cursor_field', stream.cursorField?.join('.'), '    '),
      ...line('primary_key', stream.primaryKey?.map((path) => path.join('.')).join(', '), '    '),
    ]),
    ...line('schema_changes', connection.schemaChanges),
    ...line('schedule', schedule ? `${schedule.text}` : 'by hand only'),
    '',
  ].join('\n')
}

/** What YAML would read as something else stands in quotes. */
const plain = (text: string) => (/^[A-Za-z][\w .()/→-]*$/.test(text) && !/\s$/.test(text) ? text : JSON.stringify(text))
