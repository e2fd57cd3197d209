import { errorCatalogue } from '../base/index.js'

export const transformErrors = errorCatalogue({
  TRANSFORM_PROJECT_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'dbt_project.yml is missing or holds something wrong.',
  },
  TRANSFORM_PROFILE_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'profiles.yml is missing, or has not the profile or target that is needed.',
  },
  TRANSFORM_YAML_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A properties file of the dbt project holds something wrong.',
  },
  TRANSFORM_REF_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: '`ref()` names a model, seed or snapshot that does not exist.',
  },
  TRANSFORM_COLUMN_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: 'SQL names a column that nothing it reads has, found before the warehouse was asked.',
  },
  TRANSFORM_SOURCE_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: '`source()` names a source table that is not declared.',
  },
  TRANSFORM_MACRO_NOT_FOUND: { kind: 'user', retryable: false, summary: 'A macro that is called does not exist.' },
  TRANSFORM_DUPLICATE_NAME: { kind: 'user', retryable: false, summary: 'Two resources have one name.' },
  TRANSFORM_PACKAGES_MISSING: {
    kind: 'user',
    retryable: false,
    summary: 'packages.yml names packages that are not installed.',
  },
  TRANSFORM_PROJECT_BROKEN: {
    kind: 'user',
    retryable: false,
    summary: 'A dbt project has several errors; each is listed with its own code and place.',
  },
  TRANSFORM_DOC_NOT_FOUND: {
    kind: 'user',
    retryable: false,
    summary: '`doc()` names a docs block that does not exist.',
  },
  TRANSFORM_ACCESS: {
    kind: 'user',
    retryable: false,
    summary: 'A model refers to one that is private to another group, or protected in a package that restricts access.',
  },
  TRANSFORM_DBT_MISSING: {
    kind: 'user',
    retryable: false,
    summary: 'The dbt that the project names as its engine could not be started.',
  },
  TRANSFORM_DBT_TOO_OLD: {
    kind: 'user',
    retryable: false,
    summary: 'The dbt that the project names as its engine is older than what Millrace works with.',
  },
  TRANSFORM_DBT_FAILED: {
    kind: 'user',
    retryable: false,
    summary:
      'The dbt that is the engine could not run at all: of the project, the profile or the warehouse, in its own words.',
  },
  TRANSFORM_DBT_DIED: {
    kind: 'external',
    retryable: true,
    summary: 'The dbt that is the engine was ended in the middle of its work.',
  },
  TRANSFORM_DBT_NODE: {
    kind: 'user',
    retryable: false,
    summary: 'A node could not be made by the dbt that is the engine, in its own words.',
  },
  TRANSFORM_CYCLE: { kind: 'user', retryable: false, summary: 'Models depend on each other in a circle.' },
  TRANSFORM_COMPILE: {
    kind: 'user',
    retryable: false,
    summary: 'A template raised an error, or used dbt’s functions wrongly.',
  },
  TRANSFORM_VAR_MISSING: {
    kind: 'user',
    retryable: false,
    summary: '`var()` or `env_var()` names something that is not set and has no default.',
  },
  TRANSFORM_SELECTION: { kind: 'user', retryable: false, summary: 'A selector is not understood.' },
  TRANSFORM_UNSUPPORTED: {
    kind: 'user',
    retryable: false,
    summary: 'A feature of dbt that Millrace does not have yet.',
  },
  TRANSFORM_TEST_FAILED: { kind: 'user', retryable: false, summary: 'A test found rows that break it.' },
  TRANSFORM_AUDIT_FAILED: {
    kind: 'user',
    retryable: false,
    summary: 'Tests failed on the new version of a table with write_audit_publish, so the old one stays.',
  },
  TRANSFORM_CONTRACT: {
    kind: 'user',
    retryable: false,
    summary: 'A model does not have the columns that its contract promises.',
  },
  TRANSFORM_USAGE: { kind: 'user', retryable: false, summary: 'A dbt command line is not understood.' },
  TRANSFORM_COMMAND: {
    kind: 'user',
    retryable: false,
    summary: 'A dbt command lacks what it needs: a selection, a former run, the artifacts of another environment.',
  },
  TRANSFORM_WARNING: {
    kind: 'user',
    retryable: false,
    summary: 'A warning, made an error by `--warn-error` or `warn_error_options`.',
  },
})

export type DbtErrorType = 'Compilation' | 'Parsing' | 'Runtime' | 'Database' | 'Dependency' | 'Internal' | 'Validation'

/**
 * What dbt calls each of them: the first word of its first line, by which tools tell errors apart. Where one code stands
 * for several of dbt's, whoever makes the error says it in `data.dbtType`.
 */
export const dbtErrorTypes: Readonly<Record<keyof typeof transformErrors.definitions, DbtErrorType>> = {
  TRANSFORM_PROJECT_INVALID: 'Runtime',
  TRANSFORM_PROFILE_INVALID: 'Runtime',
  TRANSFORM_YAML_INVALID: 'Parsing',
  TRANSFORM_REF_NOT_FOUND: 'Compilation',
  TRANSFORM_SOURCE_NOT_FOUND: 'Compilation',
  TRANSFORM_COLUMN_NOT_FOUND: 'Compilation',
  TRANSFORM_MACRO_NOT_FOUND: 'Compilation',
  TRANSFORM_DUPLICATE_NAME: 'Compilation',
  TRANSFORM_PACKAGES_MISSING: 'Runtime',
  TRANSFORM_PROJECT_BROKEN: 'Compilation',
  TRANSFORM_DOC_NOT_FOUND: 'Compilation',
  TRANSFORM_ACCESS: 'Parsing',
  TRANSFORM_DBT_MISSING: 'Runtime',
  TRANSFORM_DBT_TOO_OLD: 'Runtime',
  TRANSFORM_DBT_FAILED: 'Runtime',
  TRANSFORM_DBT_DIED: 'Runtime',
  TRANSFORM_DBT_NODE: 'Runtime',
  TRANSFORM_CYCLE: 'Compilation',
  TRANSFORM_COMPILE: 'Compilation',
  TRANSFORM_VAR_MISSING: 'Compilation',
  TRANSFORM_SELECTION: 'Runtime',
  TRANSFORM_UNSUPPORTED: 'Runtime',
  TRANSFORM_TEST_FAILED: 'Runtime',
  TRANSFORM_AUDIT_FAILED: 'Runtime',
  TRANSFORM_CONTRACT: 'Compilation',
  TRANSFORM_USAGE: 'Runtime',
  TRANSFORM_COMMAND: 'Runtime',
  TRANSFORM_WARNING: 'Compilation',
}
