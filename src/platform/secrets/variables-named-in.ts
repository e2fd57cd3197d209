import type { Variables } from '../../extract-load/index.js'
import type { Project } from '../contract.js'
import type { StackOptions } from '../stack/engine-with-store.js'
import { openStore, type StoreHandle } from '../stack/open-store.js'
import { StoredSecrets } from './stored-secrets.js'

/** What `${NAME}` stands for in values, and in the files of connections too, for who has no engine: the store is open for as long as that takes. */
export async function variablesNamedIn(
  project: Project,
  values: readonly unknown[],
  { env, logger }: Pick<StackOptions, 'env' | 'logger'>,
  also?: 'and in files',
): Promise<Variables> {
  let handle: Promise<StoreHandle> | undefined
  const secrets = new StoredSecrets({
    project,
    env,
    logger,
    openStore: async () => {
      handle ??= openStore(project, { logger })
      return (await handle).store
    },
  })
  try {
    return await secrets.namedIn(values, also)
  } finally {
    await (await handle)?.close()
  }
}
