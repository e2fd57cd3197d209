import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type ErrorJson, redactDeep, shownPath, toMillraceError } from '../../../base/index.js'
import { checkedManifest } from './add-manifest.js'
import { addedFolder, addedNames, manifestName } from './added.js'

/** By folder: manifests hardly ever change, and to read one whole takes a while. */
const known = new Map<string, { readonly stamp: string; readonly problem: ErrorJson | undefined }>()

/** What is wrong with the manifest of a connector that was added; none of its code is run. @param own its folder */
export async function manifestProblem(own: string, projectDir: string): Promise<ErrorJson | undefined> {
  const stamp = stampOf(own)
  const last = known.get(own)
  if (last?.stamp === stamp) return last.problem
  const problem = await findProblem(own, projectDir)
  known.set(own, { stamp, problem })
  return problem
}

/** The same of all that were added to a project, by their names; those that can be used are left out. @param folder of the project's connections */
export async function manifestProblems(
  folder: string,
  projectDir: string,
): Promise<readonly { readonly name: string; readonly error: ErrorJson }[]> {
  const found: { name: string; error: ErrorJson }[] = []
  for (const name of addedNames(folder)) {
    const error = await manifestProblem(addedFolder(folder, name), projectDir)
    if (error) found.push({ name, error })
    // There may be hundreds of them, and others wait for an answer too.
    await setImmediate()
  }
  return found
}

async function findProblem(own: string, projectDir: string): Promise<ErrorJson | undefined> {
  try {
    await checkedManifest(own, shownPath(projectDir, `${own}/${manifestName}`))
    return undefined
  } catch (thrown) {
    return redactDeep(toMillraceError(thrown).toJSON())
  }
}

/** Of the manifest, and of what stands for its Python beside it. */
function stampOf(own: string): string {
  try {
    const files = readdirSync(own).map((name) => join(own, name))
    return files.map((path) => `${path} ${statSync(path).mtimeMs} ${statSync(path).size} ${statSync(path).ino}`).join()
  } catch {
    return ''
  }
}
