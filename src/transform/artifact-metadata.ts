import type { Invocation } from './context/invocation.js'
import { dbtVersion } from './dbt-version.js'
import { metadataVariables } from './project/render.js'

/** What every artifact says of itself. `DBT_ENV_CUSTOM_ENV_x` of the environment is `x` in it. */
export const artifactMetadata = (
  schema: string,
  { id, startedAt, env }: Pick<Invocation, 'id' | 'startedAt' | 'env'>,
) => ({
  dbt_schema_version: `https://schemas.getdbt.com/dbt/${schema}.json`,
  dbt_version: dbtVersion,
  generated_at: new Date().toISOString(),
  invocation_id: id,
  invocation_started_at: startedAt.toISOString(),
  env: metadataVariables(env),
})
