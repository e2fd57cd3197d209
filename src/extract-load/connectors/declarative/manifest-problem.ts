import { type ErrorJson, redactDeep, shownPath, toMillraceError } from '../../../base/index.js'
import { checkedManifest } from './add-manifest.js'
import { manifestName } from './added.js'

/** What is wrong with the manifest of a connector that was added; none of its code is run. @param own its folder */
export async function manifestProblem(own: string, projectDir: string): Promise<ErrorJson | undefined> {
  try {
    await checkedManifest(own, shownPath(projectDir, `${own}/${manifestName}`))
    return undefined
  } catch (thrown) {
    return redactDeep(toMillraceError(thrown).toJSON())
  }
}
