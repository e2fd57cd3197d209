import { errorCatalogue } from '../base/index.js'

export const platformErrors = errorCatalogue({
  POOL_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'A step names a pool that millrace.yaml does not; it runs without a limit.',
  },
  DBT_META_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'What the meta of a dbt node says to Millrace is not understood.',
  },
  DBT_CORE_IN_MEMORY: {
    kind: 'user',
    retryable: false,
    summary: 'A dbt that is installed was to work in a DuckDB that lies in memory.',
  },
  DBT_CORE_NOT_READY: {
    kind: 'user',
    retryable: false,
    summary: 'The dbt of a project with `engine: dbt-core` finds its set-up or its warehouse not in order.',
  },
  DBT_CORE_UNSUPPORTED: {
    kind: 'user',
    retryable: false,
    summary:
      'Something was asked for that only the engine of Millrace itself does, of a project with `engine: dbt-core`.',
  },
  AIRBYTE_WORKSPACE_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'millrace.yaml names a workspace that a server of Airbyte does not have.',
  },
  AIRBYTE_STREAM_CLASH: {
    kind: 'user',
    retryable: false,
    summary: 'A stream of a server of Airbyte is loaded into the table of another one.',
  },
  AIRBYTE_CONNECTION_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'millrace.yaml names a connection that a server of Airbyte does not have.',
  },
  AIRBYTE_NOT_DONE_FROM_HERE: {
    kind: 'user',
    retryable: false,
    summary: 'Something was asked of a connection that another server keeps, which is only done there.',
  },
  AIRBYTE_SCHEDULE_NOT_SAID: {
    kind: 'user',
    retryable: false,
    summary: 'When a server of Airbyte syncs a connection is not said, or no cron expression says it.',
  },
  AIRBYTE_SYNC_FAILED: { kind: 'external', retryable: false, summary: 'A sync on a server of Airbyte failed.' },
  AIRBYTE_SYNC_CANCELLED: {
    kind: 'user',
    retryable: false,
    summary: 'A sync on a server of Airbyte was cancelled there.',
  },
  AIRBYTE_JOB_GONE: {
    kind: 'external',
    retryable: false,
    summary: 'A server of Airbyte no longer has the job of a sync that was followed.',
  },
  AIRBYTE_CONTACT_LOST: {
    kind: 'external',
    retryable: false,
    summary: 'A server of Airbyte did not answer for longer than a sync waits for it.',
  },
  PROJECT_NOT_FOUND: { kind: 'user', retryable: false, summary: 'No millrace.yaml in this folder or above it.' },
  PROJECT_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'millrace.yaml holds something it should not, or lacks something.',
  },
  PROJECT_CHANGED_MEANWHILE: {
    kind: 'external',
    retryable: true,
    summary: 'millrace.yaml was changed by somebody else while it was being changed.',
  },
  STATE_FOLDER_UNUSABLE: {
    kind: 'user',
    retryable: false,
    summary: 'The folder in which Millrace keeps its own things cannot be written.',
  },
  SECRET_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A secret is to be kept under a name that none can have, or is empty or too long.',
  },
  SECRET_NOT_FOUND: { kind: 'user', retryable: false, summary: 'A secret is asked for that is not kept.' },
  SECRET_TAKEN: {
    kind: 'external',
    retryable: true,
    summary: 'Secrets are to be kept under names that somebody else took at the same moment.',
  },
  SECRET_KEY_DIFFERS: {
    kind: 'user',
    retryable: false,
    summary:
      'A secret is to be encrypted with a key of this machine alone, beside others in a shared store that have another key.',
  },
  KEPT_SETTINGS_UNREADABLE: {
    kind: 'user',
    retryable: false,
    summary: 'Settings that a connector changed were encrypted with another key.',
  },
  ENCRYPTION_KEY_SHORT: {
    kind: 'user',
    retryable: false,
    summary: 'MILLRACE_ENCRYPTION_KEY, or the file that holds a key instead, is too short to be one.',
  },
  PROJECT_NOT_WRITABLE: {
    kind: 'user',
    retryable: false,
    summary: 'The folder of a project, or of its state, cannot be written.',
  },
  DEFINITIONS_NOT_FOUND: { kind: 'user', retryable: false, summary: 'The project has no definitions.ts.' },
  TYPES_NOT_WRITABLE: {
    kind: 'user',
    retryable: false,
    summary: 'The file that tells TypeScript what the project has cannot be written.',
  },
  PROJECT_EXISTS: { kind: 'user', retryable: false, summary: '`millrace init` would overwrite files.' },
  CONNECTION_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'A connection was named that the project does not have.',
  },
  QUERY_NO_ESTIMATE: {
    kind: 'user',
    retryable: false,
    summary: 'The warehouse cannot tell what a query would read.',
  },
  QUERY_NO_PARQUET: {
    kind: 'user',
    retryable: false,
    summary: 'The warehouse cannot write the rows of a query as Parquet.',
  },
  MODEL_NOT_FOUND: { kind: 'user', retryable: false, summary: 'A resource of the dbt project does not exist.' },
  ASSET_NOT_FOUND: { kind: 'user', retryable: false, summary: 'An asset was named that the project does not have.' },
  ASSET_HAS_NO_ROWS: {
    kind: 'user',
    retryable: false,
    summary: 'Sample rows were asked of an asset that is no table or view.',
  },
  QUERY_NOT_READ_ONLY: {
    kind: 'user',
    retryable: false,
    summary: 'A statement that writes was sent to a read-only query.',
  },
  QUERY_NOT_TABLES: {
    kind: 'user',
    retryable: false,
    summary: 'A query was to read a file, or something else that is no table, and who asked may not.',
  },
  WAREHOUSE_TYPE_UNKNOWN: {
    kind: 'user',
    retryable: false,
    summary: 'The dbt profile names a warehouse that Millrace cannot open yet.',
  },
  WAREHOUSE_NOT_CONFIGURED: {
    kind: 'user',
    retryable: false,
    summary: 'The project names a dbt profile as its warehouse, but has no dbt project.',
  },
  PROJECT_IN_USE: {
    kind: 'user',
    retryable: false,
    summary: '`millrace up` was started on a project on which it runs already.',
  },
  LOCAL_PORT_IN_USE: {
    kind: 'user',
    retryable: false,
    summary: '`millrace local install` was to use a port that another program has.',
  },
  LOCAL_ADDRESS: {
    kind: 'user',
    retryable: false,
    summary: '`millrace local install` was to use an address that nothing can listen on.',
  },
  LOCAL_ENV_FILE: {
    kind: 'user',
    retryable: false,
    summary: 'A file with variables for `millrace local install` is not there, or others may read it.',
  },
  LOCAL_PACKAGES: {
    kind: 'external',
    retryable: true,
    summary: 'npm could not install the packages of a project that `millrace local install` made.',
  },
  LOCAL_MANAGER_MISSING: {
    kind: 'user',
    retryable: false,
    summary: 'A way to run in the background was chosen that this machine does not have.',
  },
  LOCAL_MANAGER_FAILED: {
    kind: 'external',
    retryable: true,
    summary: 'systemd, launchd or the system refused to start or stop what runs in the background.',
  },
  LOCAL_NOT_STARTED: {
    kind: 'external',
    retryable: true,
    summary: 'What `millrace local install` started did not come up.',
  },
  LOCAL_NOT_INSTALLED: {
    kind: 'user',
    retryable: false,
    summary: 'A command of `millrace local` was given for a project that is not installed.',
  },
  LOCAL_NOT_RUNNING: {
    kind: 'user',
    retryable: false,
    summary: 'A part of an installation was to be started again, and the installation does not run.',
  },
  LOCAL_PART_UNKNOWN: {
    kind: 'user',
    retryable: false,
    summary: 'A part of an installation was named that there is not, or that is not started from here.',
  },
  LOCAL_NO_USER: {
    kind: 'user',
    retryable: false,
    summary: 'The user that `millrace local install` made was to be changed, and there is none.',
  },
  LOCAL_STATE_ELSEWHERE: {
    kind: 'user',
    retryable: false,
    summary: '`millrace local uninstall --persisted` was to delete a folder that may hold more than this project.',
  },
  ENGINE_BUSY: {
    kind: 'external',
    retryable: true,
    summary: 'Another Millrace process holds the project and does not answer.',
  },
  ENGINE_UNREACHABLE: { kind: 'external', retryable: true, summary: 'The engine process does not answer.' },
  DBT_NOT_CONFIGURED: {
    kind: 'user',
    retryable: false,
    summary: 'A dbt command was given in a project without a dbt project.',
  },
  STEP_FAILED: {
    kind: 'user',
    retryable: false,
    summary: 'A step of a run ended with an error of the work it did (SQL, data, test).',
  },
  STREAM_FAILED: { kind: 'external', retryable: true, summary: 'A stream could not be synced.' },
  LAUNCHER_NEEDS_SERVERS: {
    kind: 'user',
    retryable: false,
    summary: 'Runs are to be executed in processes of their own, and warehouse or store cannot be reached from there.',
  },
  RUN_WORKER_WITHOUT_STORE: {
    kind: 'user',
    retryable: false,
    summary: 'A run worker was not told where the metadata store is.',
  },
  PROCESS_DIED: {
    kind: 'external',
    retryable: true,
    summary: 'A child process of `millrace up` ends again and again.',
  },
  IMPORT_URL_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'What is to be imported from has no address of a server.',
  },
  IMPORT_UNREACHABLE: {
    kind: 'external',
    retryable: true,
    summary: 'The server whose things are to be imported does not answer.',
  },
  IMPORT_REFUSED: {
    kind: 'user',
    retryable: false,
    summary: 'The server whose things are to be imported wants to know who asks.',
  },
  IMPORT_ANSWER_UNKNOWN: {
    kind: 'external',
    retryable: false,
    summary: 'What the server answers, whose things are to be imported, is not understood.',
  },
  IMPORT_NOTHING_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'There is nothing to import under the name that was given.',
  },
  IMPORT_OUT_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'The file that an import is to write cannot hold definitions.',
  },
  IMPORT_FILE_EXISTS: {
    kind: 'user',
    retryable: false,
    summary: 'An import would overwrite a file that says something else.',
  },
  IMPORT_FILE_UNREADABLE: {
    kind: 'user',
    retryable: false,
    summary: 'A file to import from is not there, cannot be read, or holds something that is not understood.',
  },
  IMPORT_STATE_UNKNOWN: {
    kind: 'user',
    retryable: false,
    summary: 'A state of Airbyte cannot be gone on from.',
  },
  IMPORT_NAMES_COLLIDE: {
    kind: 'user',
    retryable: false,
    summary: 'Two things that are to be imported have one name.',
  },
})
