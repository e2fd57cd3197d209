import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type ErrorJson, fileStamp, MillraceError, plural, redactDeep } from '../../../../base/index.js'
import { addedFolder, addedNames } from '../added-connectors/added-connectors.js'
import { type CheckedText, checkText } from './checked-text.js'
import { manifestYaml } from './manifest-file.js'

export interface ProblemsAsked {
  /** Whoever may not edit a manifest is told how many problems it has and where, and nothing that stands in it. */
  readonly showsText: boolean
}

interface Broken extends Pick<CheckedText, 'remarks'> {
  readonly file: string
  readonly error: MillraceError
}

/** By folder: manifests hardly ever change, and to read one whole takes a while. */
const known = new Map<string, { readonly stamp: string; readonly problem: Promise<Broken | undefined> }>()

/** What is wrong with the manifest of a connector that was added; none of its code is run. @param own its folder */
export async function manifestProblem(
  own: string,
  projectDir: string,
  { showsText }: ProblemsAsked,
): Promise<ErrorJson | undefined> {
  const stamp = stampOf(own)
  const last = known.get(own)
  const problem = last?.stamp === stamp ? last.problem : findProblem(own, projectDir)
  known.set(own, { stamp, problem })
  const found = await problem
  return found && redactDeep(showsText ? found.error.toJSON() : withoutText(found))
}

/** The same of all that were added to a project, by their names; those that can be used are left out. @param folder of the project's connections */
export async function manifestProblems(
  folder: string,
  projectDir: string,
  asked: ProblemsAsked,
  signal?: AbortSignal,
): Promise<readonly { readonly name: string; readonly error: ErrorJson }[]> {
  const names = addedNames(folder)
  const owns = new Set(names.map((name) => addedFolder(folder, name)))
  for (const own of known.keys()) if (own.startsWith(addedFolder(folder, '')) && !owns.has(own)) known.delete(own)
  const found: { name: string; error: ErrorJson }[] = []
  for (const name of names) {
    const error = await manifestProblem(addedFolder(folder, name), projectDir, asked)
    if (error) found.push({ name, error })
    // There may be hundreds of them, and others wait for an answer too.
    await setImmediate(undefined, { signal })
  }
  return found
}

async function findProblem(own: string, projectDir: string): Promise<Broken | undefined> {
  try {
    const { file, yaml: text } = manifestYaml(own, projectDir)
    const { error, remarks } = await checkText({ folder: own, file, text })
    return error && { file, error, remarks }
  } catch (error) {
    if (error instanceof MillraceError) return { file: error.at?.file ?? '', error, remarks: [] }
    throw error
  }
}

const mostPlaces = 20

/** How many problems there are, and where. */
function withoutText({ file, remarks, error: { code, kind, retryable, message } }: Broken): ErrorJson {
  const places = remarks.flatMap(({ line, column }) => (line === undefined ? [] : [{ line, column }]))
  const shown = places.slice(0, mostPlaces).map(({ line, column }) => (column ? `${line}:${column}` : `${line}`))
  const more = places.length > mostPlaces ? ` and ${places.length - mostPlaces} more` : ''
  const where = shown.length === 0 ? '' : `, at ${shown.join(', ')}${more}`
  return {
    ...{ code, kind, retryable },
    // Of one that could not be read at all nothing was quoted.
    message: remarks.length === 0 ? message : `${file} cannot be used: ${plural(remarks.length, 'problem')}${where}.`,
    hint: 'What they are is shown to those who may edit connectors.',
    at: { file, ...places[0] },
  }
}

/** Of the manifest, and of what stands for its Python beside it. */
function stampOf(own: string): string {
  try {
    const files = readdirSync(own).map((name) => join(own, name))
    return files.map((path) => `${path} ${fileStamp(statSync(path))}`).join()
  } catch {
    return ''
  }
}
