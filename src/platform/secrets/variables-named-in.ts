import type { Variables } from '../../extract-load/index.js'
import type { Project } from '../contract.js'
import type { StackOptions } from '../processes/execution/engine-with-store.js'
import { openStore, type StoreHandle } from '../processes/store/open-store.js'
import { StoredSecrets } from './stored-secrets.js'

type Options = Pick<StackOptions, 'env' | 'logger'>

/** What `${NAME}` stands for in values, for who has no engine: the store is open for as long as that takes. */
export const variablesNamedIn = (project: Project, values: readonly unknown[], options: Options): Promise<Variables> =>
  withVariables(project, options, (secrets) => secrets.namedIn(values))

/** The same of the files of connections, for work in the middle of which the store stays open: an engine that needs it starts it no second time. */
export const withVariablesOfFiles = <T>(
  project: Project,
  options: Options,
  work: (variables: Variables) => Promise<T>,
): Promise<T> => withVariables(project, options, async (secrets) => work(await secrets.namedIn([], 'and in files')))

async function withVariables<T>(
  project: Project,
  { env, logger }: Options,
  work: (secrets: StoredSecrets) => Promise<T>,
): Promise<T> {
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
    return await work(secrets)
  } finally {
    await (await handle)?.close()
  }
}
