import { errorCatalogue } from '../base/index.js'

export const metastoreErrors = errorCatalogue({
  METASTORE_START_FAILED: { kind: 'external', retryable: true, summary: 'The embedded PostgreSQL did not start.' },
  METASTORE_FOLDER_UNUSABLE: {
    kind: 'user',
    retryable: false,
    summary: 'The folder of the embedded PostgreSQL, or the file with its password, cannot be used as it is.',
  },
  METASTORE_URL_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'DATABASE_URL, or metastore.url, is not a PostgreSQL URL.',
  },
  METASTORE_OTHER_VERSION: {
    kind: 'user',
    retryable: false,
    summary: 'The metadata store was made by another version of Millrace.',
  },
  METASTORE_MIGRATION_FAILED: {
    kind: 'user',
    retryable: false,
    summary: 'The tables of the metadata store cannot be brought up to date: a migration met what it cannot change.',
  },
  METASTORE_UNREACHABLE: {
    kind: 'external',
    retryable: true,
    summary: 'The metadata store does not answer, or cannot do now what it is asked.',
  },
  METASTORE_REFUSED: {
    kind: 'user',
    retryable: false,
    summary: 'The PostgreSQL of the metadata store answers, and refuses the login, the database or the rights.',
  },
  METASTORE_SCHEMA_IGNORED: {
    kind: 'user',
    retryable: false,
    summary: 'A pooler before the metadata store drops the schema that connections ask for.',
  },
  METASTORE_BACKUP: {
    kind: 'user',
    retryable: false,
    summary: 'A backup of the metadata store cannot be written or read, is not whole, or there is nothing to back up.',
  },
  METASTORE_IN_USE: {
    kind: 'user',
    retryable: false,
    summary: 'A restore would replace what the metadata store holds, or take it away from processes that use it.',
  },
  METASTORE_VALUE_REFUSED: {
    kind: 'user',
    retryable: false,
    summary: 'The metadata store cannot keep what a tick asks for: it is too large, or no text.',
  },
  METASTORE_LEASE_LOST: {
    kind: 'external',
    retryable: true,
    summary: 'A worker wrote to a run that another one has taken over.',
  },
})
