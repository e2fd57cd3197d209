import type { ExternalAssetDefinition } from '../authoring/define.js'
import type { SensorResult } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { plain, plainMetadata } from '../values/plain.js'
import type { CodeSurroundings } from './code-context.js'
import { OpenResources } from './open-resources.js'

/** Asks which version of its data an asset has that others make. @param known the version of the look before */
export async function observe(
  around: CodeSurroundings,
  { key, observe: look, resources: used }: ExternalAssetDefinition,
  known: unknown,
): Promise<SensorResult> {
  const { project, signal, query } = around
  const resources = new OpenResources(around)
  try {
    const seen: unknown = await look?.({
      projectDir: project.projectDir,
      signal,
      query: <Row>(sql: string) => query(sql) as Promise<Row[]>,
      resources: await resources.values(used),
    } as never)
    const { dataVersion, metadata } = (seen ?? {}) as { dataVersion?: unknown; metadata?: object }
    if (typeof dataVersion !== 'string' || dataVersion === '')
      throw orchestrateErrors.create('USER_CODE_FAILED', {
        message: `The look at ${key} answered ${JSON.stringify(plain(seen)) ?? 'nothing'}.`,
        hint: "It answers { dataVersion: '…' }, a text that is the same where the data is.",
      })
    const isNew = dataVersion !== known
    return {
      cursor: dataVersion,
      skip: `${isNew ? 'another' : 'the same'} version: ${dataVersion}`,
      runs: [],
      observed: isNew ? { asset: key, dataVersion, metadata: plainMetadata(metadata) } : undefined,
    }
  } finally {
    await resources.close()
  }
}
