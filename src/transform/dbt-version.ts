/** The version that macros and packages see; they compare it. */
export const dbtVersion = '1.12.6'

/** What `dbt --version` prints. */
export const versionLine = `Millrace, dbt-compatible with dbt Core ${dbtVersion}`
