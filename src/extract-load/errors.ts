import { errorCatalogue } from '../base/index.js'

export const extractLoadErrors = errorCatalogue({
  CONNECTION_INVALID: { kind: 'user', retryable: false, summary: 'A connection file has a wrong or unknown setting.' },
  CONNECTION_EXISTS: {
    kind: 'user',
    retryable: false,
    summary: 'A new connection has the name, the file or a table of another one.',
  },
  CONNECTION_SECRET_UNREADABLE: {
    kind: 'user',
    retryable: false,
    summary:
      'A connection names a secret that is kept, and that cannot be read: it was encrypted with another key, or the store is away.',
  },
  CONNECTION_NOT_EDITABLE: {
    kind: 'user',
    retryable: false,
    summary:
      'The file of a connection names a variable where a form has to know what stands there, or one of its settings cannot be changed without another: anchors, aliases, merges.',
  },
  CONNECTION_CHANGED_MEANWHILE: {
    kind: 'external',
    retryable: true,
    summary:
      'The file of a connection, or a source or destination by itself, was changed by somebody else while it was being changed.',
  },
  CONNECTOR_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'A connection names a connector that does not exist.',
  },
  CONNECTOR_EXISTS: {
    kind: 'user',
    retryable: false,
    summary: 'A connector is to be added to a project under a name that another one has.',
  },
  CONNECTOR_NAME_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A connector is to be added to a project under a name that none can have.',
  },
  CONNECTOR_USED: {
    kind: 'user',
    retryable: false,
    summary: 'A connector is to be removed from a project, and a connection reads with it.',
  },
  CONNECTOR_CHANGED_MEANWHILE: {
    kind: 'external',
    retryable: true,
    summary: 'The manifest of a connector was changed by somebody else while it was being edited.',
  },
  PREVIEW_UNSUPPORTED: {
    kind: 'user',
    retryable: false,
    summary: 'Requests and answers are asked for of a connector that is no manifest.',
  },
  DESTINATION_UNSUPPORTED: {
    kind: 'user',
    retryable: false,
    summary: 'A connection loads into a warehouse that cannot take it yet.',
  },
  STREAM_NOT_FOUND: { kind: 'user', retryable: false, summary: 'A stream was named that the source does not have.' },
  FIELD_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'A connection names a field that its stream does not have.',
  },
  PARTITION_FIELD_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'The field that a stream is cut into partitions by cannot tell which partition a row belongs to.',
  },
  MAPPER_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A mapper gives a field the name of another one.',
  },
  SOURCE_FILE_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'A file of a stream does not exist, or a pattern matches none.',
  },
  SOURCE_FILE_UNREADABLE: {
    kind: 'user',
    retryable: false,
    summary: 'A file of a stream cannot be read in its format.',
  },
  SOURCE_COLUMN_RESERVED: {
    kind: 'user',
    retryable: false,
    summary: 'A source has a column whose name every loaded table uses itself.',
  },
  SOURCE_UNREACHABLE: { kind: 'external', retryable: true, summary: "A source's server does not answer." },
  SOURCE_REFUSED: { kind: 'user', retryable: false, summary: "A source's server refused the connection." },
  SOURCE_CONNECTION_LOST: {
    kind: 'external',
    retryable: true,
    summary: "The connection to a source's server broke while it was read.",
  },
  SOURCE_QUERY_FAILED: {
    kind: 'external',
    retryable: false,
    summary: 'The server of a source could not answer what a stream asks.',
  },
  SOURCE_ROW_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A row of a file does not fit the columns of the file.',
  },
  SOURCE_DOWNLOAD_FAILED: {
    kind: 'external',
    retryable: true,
    summary: 'A file could not be fetched from where it lies.',
  },
  SOURCE_PROGRAM_MISSING: {
    kind: 'user',
    retryable: false,
    summary: 'The program or container of a connector cannot be started.',
  },
  SOURCE_PROGRAM_FAILED: {
    kind: 'external',
    retryable: true,
    summary: 'The program of a connector ended with an error.',
  },
  SOURCE_CONFIG_REFUSED: { kind: 'user', retryable: false, summary: 'A connector refused its settings.' },
  SOURCE_FAILED: { kind: 'external', retryable: true, summary: 'A connector said that it could not go on.' },
  SOURCE_SILENT: { kind: 'external', retryable: true, summary: 'A source or connector said nothing for too long.' },
  SYNC_TIMED_OUT: { kind: 'external', retryable: false, summary: 'A sync took longer than its connection allows.' },
  SOURCE_PROTOCOL_BROKEN: {
    kind: 'external',
    retryable: false,
    summary: 'What a connector wrote is not what the Airbyte protocol allows.',
  },
  SOURCE_SCHEMA_CHANGED: {
    kind: 'external',
    retryable: true,
    summary: 'The columns of a stream changed while its load was broken off.',
  },
  SCHEMA_CHANGE_PAUSED: {
    kind: 'user',
    retryable: false,
    summary: 'The fields of a stream changed, and its connection wants to be asked before they are taken.',
  },
  SOURCE_COUNT_WRONG: {
    kind: 'external',
    retryable: true,
    summary: 'A connector counted other records than it sent.',
  },
  CDC_NOT_READY: {
    kind: 'user',
    retryable: false,
    summary: 'A database is not set up to tell of its changes.',
  },
  CDC_POSITION_LOST: {
    kind: 'user',
    retryable: false,
    summary: 'The log of a database no longer has what changed since the last sync.',
  },
  SOURCE_POSITION_LOST: {
    kind: 'user',
    retryable: false,
    summary: 'A source can no longer tell which rows are new since the last sync.',
  },
  CURSOR_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A stream is configured with a cursor or key that it does not have.',
  },
  KEY_UNFIT: { kind: 'user', retryable: false, summary: 'Values of a primary key do not fit the column of the key.' },
  DESTINATION_TABLE_FOREIGN: {
    kind: 'user',
    retryable: false,
    summary: 'A stream would be loaded into a table or view that is not its own.',
  },
  DESTINATION_WRITE_FAILED: {
    kind: 'user',
    retryable: false,
    summary: 'The warehouse refused to bring loaded rows into their table, or to empty it.',
  },
  DESTINATION_RECORD_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'The file that says what was loaded so far cannot be read.',
  },
  DESTINATION_FILES_FAILED: {
    kind: 'external',
    retryable: true,
    summary: 'Files could not be written where a connection loads to.',
  },
  DESTINATION_PROGRAM_MISSING: {
    kind: 'user',
    retryable: false,
    summary: 'The program or container of a destination connector cannot be started.',
  },
  DESTINATION_PROGRAM_FAILED: {
    kind: 'external',
    retryable: true,
    summary: 'The program of a destination connector ended with an error.',
  },
  DESTINATION_CONFIG_REFUSED: {
    kind: 'user',
    retryable: false,
    summary: 'A destination connector refused its settings.',
  },
  DESTINATION_FAILED: {
    kind: 'external',
    retryable: true,
    summary: 'A destination connector said that it could not go on, or did not confirm what it was given.',
  },
  DESTINATION_SILENT: {
    kind: 'external',
    retryable: true,
    summary: 'A destination was not through with its rows, or said nothing, for too long.',
  },
  DESTINATION_PROTOCOL_BROKEN: {
    kind: 'external',
    retryable: false,
    summary: 'What a destination connector wrote is not what the Airbyte protocol allows.',
  },
  DESTINATION_COUNT_WRONG: {
    kind: 'external',
    retryable: true,
    summary: 'A destination connector counted other records than it was given.',
  },
  STREAM_MODE_UNSUPPORTED: {
    kind: 'user',
    retryable: false,
    summary: 'A stream is configured with a mode that its source or destination does not have.',
  },
  STREAM_MODE_CHANGED: {
    kind: 'user',
    retryable: false,
    summary: 'A stream is configured in another way than its table was loaded.',
  },
  AIRBYTE_UNREACHABLE: { kind: 'external', retryable: true, summary: 'A server of Airbyte does not answer.' },
  AIRBYTE_LOGIN_REFUSED: {
    kind: 'user',
    retryable: false,
    summary: 'A server of Airbyte does not accept the credentials, or they may not do what is asked for.',
  },
  AIRBYTE_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'A server of Airbyte does not have what is asked for, or is too old to know of it.',
  },
  AIRBYTE_BUSY: {
    kind: 'external',
    retryable: true,
    summary: 'A server of Airbyte cannot do it now, because a job of the connection runs.',
  },
  AIRBYTE_REFUSED: { kind: 'user', retryable: false, summary: 'A server of Airbyte refused a request.' },
  AIRBYTE_FAILED: {
    kind: 'external',
    retryable: true,
    summary: 'A server of Airbyte answered with an error of its own, or is asked too much.',
  },
  AIRBYTE_ANSWER_TOO_LARGE: {
    kind: 'external',
    retryable: false,
    summary: 'A server of Airbyte answered with more than is read of it, a log for example.',
  },
  AIRBYTE_ANSWER_INVALID: {
    kind: 'external',
    retryable: false,
    summary: 'What answers at the address of a server of Airbyte does not answer as one.',
  },
  MANIFEST_UNREADABLE: {
    kind: 'user',
    retryable: false,
    summary: 'A manifest cannot be found or fetched, or is no YAML.',
  },
  MANIFEST_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A manifest has a component that is wrong, or a reference that leads nowhere.',
  },
  MANIFEST_COMPONENT_UNSUPPORTED: {
    kind: 'user',
    retryable: false,
    summary: 'A manifest needs a component that is written in Python, or that this version does not know.',
  },
  MANIFEST_CONFIG_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'The settings of a manifest do not hold to its specification, or lack what a template asks for.',
  },
  MANIFEST_TEMPLATE_FAILED: {
    kind: 'user',
    retryable: false,
    summary: 'A template of a manifest cannot be read, or failed while it was evaluated.',
  },
  RECORD_NOT_JSON: {
    kind: 'user',
    retryable: false,
    summary:
      'A template of a manifest made a value that no record can hold, as Python takes its text for a set or for bytes.',
  },
  API_REFUSED: {
    kind: 'user',
    retryable: false,
    summary:
      'An API refused a request for what it asks, or for who asks: credentials, rights, an address that is not there.',
  },
  API_UNAVAILABLE: {
    kind: 'external',
    retryable: true,
    summary: 'An API did not answer, asked to wait too long, or failed by itself.',
  },
  API_ANSWER_INVALID: {
    kind: 'external',
    retryable: false,
    summary: 'An API answered what cannot be read as the manifest says, or pages without an end.',
  },
  API_ADDRESS_REFUSED: {
    kind: 'user',
    retryable: false,
    summary: 'A manifest that came from outside the project asked for an address inside a private network.',
  },
})
