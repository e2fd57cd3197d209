import type { Check, CheckedStreams, DeclarativeStream, Mapping } from '../component-contract.js'
import { refuseLastingOverrides } from '../components/checks/config-overrides.js'
import { failure, failureOf } from '../failure.js'
import type { CheckResult } from './declarative-source.js'
import type { StreamCatalog } from './stream-catalog.js'

/**
 * @param open the streams with some settings in place of others
 * @throws what is wrong with the manifest, whatever the API says
 */
export async function checkSource(
  root: Mapping,
  check: Check,
  open: (overrides: Mapping) => StreamCatalog,
): Promise<CheckResult> {
  const overrides = check.configOverrides ?? {}
  if (Object.keys(overrides).length > 0) refuseLastingOverrides(overrides, root)
  const problems: unknown[] = []
  try {
    await check.run(checkedStreams(() => open(overrides), problems))
    return { status: 'SUCCEEDED' }
  } catch (error) {
    if (problems.includes(error)) throw error
    return failedCheck(error)
  }
}

export const failedCheck = (error: unknown): CheckResult => ({
  status: 'FAILED',
  message: failureOf(error).message,
  error,
})

function checkedStreams(open: () => StreamCatalog, problems: unknown[]): CheckedStreams {
  let opened: StreamCatalog | undefined
  const streams = () => {
    opened ??= open()
    return opened
  }
  return {
    named: async (names) => {
      const catalog = streams()
      const isStatic = names.length > 0 && names.every((name) => catalog.staticNames.has(name))
      const built = isStatic ? catalog.buildStatic(names) : await buildAll(catalog)
      return (name) => {
        const found = built.find((stream) => stream.name === name)
        if (found) return found
        const problem = unknownStream(name, built)
        problems.push(problem)
        throw problem
      }
    },
    first: async (count) => {
      try {
        const catalog = streams()
        const all = await catalog.all()
        return catalog.build(all.slice(0, Math.max(count, 0)), all)
      } catch (error) {
        // What the settings or the API are not to blame for is no failed check, but a manifest that cannot be used.
        if (failureOf(error).failureType !== 'config_error') problems.push(error)
        throw error
      }
    },
    madeBy: async (name) => {
      const catalog = streams()
      const made = (await catalog.dynamic()).filter((stream) => stream.madeBy === name)
      return made.length === 0 && !catalog.hasDynamic(name) ? undefined : catalog.build(made, await catalog.all())
    },
  }
}

const buildAll = async (catalog: StreamCatalog): Promise<readonly DeclarativeStream[]> => {
  const all = await catalog.all()
  return catalog.build(all, all)
}

const unknownStream = (name: string, streams: readonly DeclarativeStream[]): Error =>
  failure('MANIFEST_INVALID', {
    message: `The stream \`${name}\`, which is to be checked, is not among the streams: ${streams.map((each) => each.name).join(', ')}.`,
    hint: 'Correct its name in `stream_names` of the check.',
    failureType: 'system_error',
  })
